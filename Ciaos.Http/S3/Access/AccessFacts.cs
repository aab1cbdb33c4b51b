using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Access;

/// <summary>What a policy says about a request.</summary>
internal enum Verdict
{
    /// <summary>No statement is about it.</summary>
    None,
    Allow,
    Deny,
}

/// <summary>Who asks.</summary>
/// <param name="Id">Canonical id; null: somebody without a user.</param>
/// <param name="IsRoot">The store's root user.</param>
/// <param name="IsLimited">The user has policies, and they say all that he may do. A user without any may do what he
/// likes with his own buckets.</param>
internal sealed record Asker(string? Id, bool IsRoot, bool IsLimited)
{
    public static readonly Asker Anonymous = new(null, IsRoot: false, IsLimited: false);
}

/// <summary>What is asked for, as far as the decision depends on it.</summary>
/// <param name="Action">Such as <c>s3:GetObject</c>.</param>
/// <param name="Identity">Of the policies of the user who asks.</param>
/// <param name="Session">Of the policy of temporary credentials; null where they have none.</param>
/// <param name="Policy">Of the bucket's policy.</param>
/// <param name="PolicyIsPublic">The bucket's policy allows something to everybody.</param>
/// <param name="BucketAcl">As far as it counts.</param>
/// <param name="ObjectOwnerId">Null where there is no object, or the action is not about one.</param>
/// <param name="ObjectAcl">As far as it counts.</param>
internal sealed record AccessFacts(
    Asker Asker,
    string Action,
    Verdict Identity,
    Verdict? Session,
    Verdict Policy,
    bool PolicyIsPublic,
    PublicAccessBlock Block,
    string BucketOwnerId,
    GrantList BucketAcl,
    string? ObjectOwnerId,
    GrantList? ObjectAcl)
{
    /// <summary>The action is about an upload in parts that whoever asks has begun.</summary>
    public bool IsInitiator { get; init; }
}
