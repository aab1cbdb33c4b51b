using Ciaos.Actors.Index;
using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Access;

/// <summary>What something is to be done to.</summary>
/// <param name="Key">Null: the bucket itself.</param>
/// <param name="Object">What is there under the key; null: nothing, or it does not matter.</param>
internal sealed record AccessTarget(
    BucketProtocol.BucketInfo Bucket, string? Key = null, IndexProtocol.ObjectRecord? Object = null)
{
    /// <summary>Tags that the request would set; null: those of its header x-amz-tagging.</summary>
    public TagSet? RequestTags { get; init; }

    /// <summary>Of a listing that would tell what is asked for; null: that of the query.</summary>
    public string? Prefix { get; init; }

    /// <summary>It is an upload in parts that the sender of the request has begun.</summary>
    public bool IsInitiator { get; init; }

    /// <summary>As policies name it.</summary>
    public string Arn => Key is null ? $"arn:aws:s3:::{Bucket.Name}" : $"arn:aws:s3:::{Bucket.Name}/{Key}";
}

/// <summary>Owner and ACL that a new object gets.</summary>
/// <param name="OwnerId">Metadata <c>owner</c>; null: the bucket's owner.</param>
/// <param name="Acl">Metadata <c>acl</c>; null: private.</param>
internal sealed record NewOwnership(string? OwnerId, string? Acl);
