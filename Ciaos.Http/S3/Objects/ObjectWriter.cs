using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Http.Raw;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Encryption;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>What every way of making an object has in common: may the caller, what will the object be, do the
/// conditions hold, and at last the index command that makes it visible.</summary>
internal sealed class ObjectWriter(S3Services services)
{
    private readonly ObjectFinder _finder = new(services);

    /// <summary>Lets the caller write the object that the request names, lock included where the fields ask for
    /// it.</summary>
    /// <exception cref="S3Exception">The caller may not.</exception>
    public void Authorize(S3Request request, ObjectFields fields)
    {
        services.Access.Demand(request, "s3:PutObject", found: null);
        if (fields.Find(ObjectLock.ModeHeader) is not null)
            services.Access.Demand(request, "s3:PutObjectRetention", found: null);
        if (fields.Find(ObjectLock.HoldHeader) is not null)
            services.Access.Demand(request, "s3:PutObjectLegalHold", found: null);
        if (fields.Find("x-amz-tagging") is not null) services.Access.RequireNotDenied(request, "s3:PutObjectTagging");
        if (AclHeaders.AreIn(request.Headers)) services.Access.RequireNotDenied(request, "s3:PutObjectAcl");
    }

    /// <summary>Metadata of the new object as its client describes it, with its owner, its ACL and its lock.</summary>
    /// <param name="acl">The ACL that is asked for, such as <c>AclHeaders.From(request.Headers)</c>.</param>
    /// <exception cref="S3Exception">Something of it is not allowed.</exception>
    public ImmutableSortedDictionary<string, string> Describe(S3Request request, ObjectFields fields, AclHeaders acl)
    {
        var metadata = ObjectHeaders.Read(fields).ToBuilder();
        Complete(request, fields, acl, metadata);
        return metadata.ToImmutable();
    }

    /// <summary>Adds what no object has of itself: owner, ACL, lock, and the key that encrypts it.</summary>
    /// <exception cref="S3Exception">The ACL, the lock or the encryption is not allowed.</exception>
    public void Complete(
        S3Request request, ObjectFields fields, AclHeaders acl, IDictionary<string, string> metadata)
    {
        ObjectLock.Read(fields, request.Bucket, services.Time.GetUtcNow(), metadata);
        var owned = services.Access.NewObject(request, acl);
        if (owned.OwnerId is { } owner) metadata[MetadataKeys.Owner] = owner;
        if (owned.Acl is { } grants) metadata[MetadataKeys.Acl] = grants;
        services.Encryption.Describe(request, fields, metadata);
    }

    /// <summary>Looks at the conditions of the request before its body is read. The index judges once more when it
    /// writes.</summary>
    /// <exception cref="S3Exception">They do not hold.</exception>
    public async Task<WriteCondition> JudgeAsync(S3Request request)
    {
        var conditions = S3Conditions.ReadOfWrite(request.Headers);
        if (conditions.AreEmpty) return new WriteCondition(conditions, Precondition.None);
        var now = await _finder.PeekAsync(request.Bucket.Id, request.Key, request.Aborted);
        return new WriteCondition(conditions, S3Conditions.CheckWrite(conditions, now));
    }

    /// <summary>Makes a stored body the object.</summary>
    /// <exception cref="S3Exception">The index would not have it.</exception>
    public async Task<ObjectRecord> PutAsync(
        BucketInfo bucket, ObjectKey key, WriteCondition condition, StoredUpload stored,
        ImmutableSortedDictionary<string, string> metadata)
    {
        var put = new Put(
            bucket.Id, key, PutMode.Upsert, condition.ForIndex, stored.ToContent(metadata), bucket.Versioning);

        // From here on the outcome counts, not whether the client still waits for it.
        var reply = await services.Store.SendAsync(put, CancellationToken.None);
        return ObjectReplies.Stored(reply, condition.Conditions);
    }

    /// <summary>Headers that tell of a new object.</summary>
    public static void WriteHead(S3Request request, ObjectRecord written)
    {
        var response = request.Response;
        response.Headers.ETag = $"\"{written.ETag}\"";
        ObjectVersions.WriteMade(response, written);
        ObjectHeaders.WriteChecksums(response, written.Metadata);
        EncryptionHeaders.Write(request, written.Metadata);
    }
}

/// <param name="ForIndex">What the index is to judge when it writes.</param>
internal sealed record WriteCondition(Conditions Conditions, Precondition ForIndex);
