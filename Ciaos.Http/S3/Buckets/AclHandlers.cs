using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Buckets;

/// <summary>ACLs of buckets and of objects.</summary>
internal sealed class AclHandlers(S3Services services)
{
    private const long MaxBodyBytes = 256 * 1024;

    /// <summary>To change an object that others change all the time.</summary>
    private const int MaxAttempts = 10;

    public Task GetOfBucketAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:GetBucketAcl");
        return SendAsync(
            request, services.Access.OwnerIdOf(request.Bucket), services.Access.AclOf(request.Bucket));
    }

    public async Task PutOfBucketAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:PutBucketAcl");
        var ownerId = services.Access.OwnerIdOf(request.Bucket);
        var acl = await ReadAsync(request, ownerId);
        await services.Store.ConfigureAsync(
            request, BucketConfig.Acl, acl.IsPrivateTo(ownerId) ? null : acl.ToText());
        await request.SendStatus(StatusCodes.Status200OK);
    }

    public async Task GetOfObjectAsync(S3Request request)
    {
        var found = await FindAsync(request, "s3:GetObjectAcl", "s3:GetObjectVersionAcl");
        await SendAsync(
            request, services.Access.OwnerIdOf(request.Bucket, found), services.Access.AclOf(request.Bucket, found));
    }

    public async Task PutOfObjectAsync(S3Request request)
    {
        var found = await FindAsync(request, "s3:PutObjectAcl", "s3:PutObjectVersionAcl");
        var ownerId = services.Access.OwnerIdOf(request.Bucket, found);
        var acl = await ReadAsync(request, ownerId);
        var changes = ImmutableSortedDictionary.Create<string, string?>(StringComparer.Ordinal)
            .Add(ObjectAccess.AclKey, acl.IsPrivateTo(ownerId) ? null : acl.ToText());
        for (var attempt = 1; !await ChangeAsync(request, found, changes); attempt++)
        {
            if (attempt == MaxAttempts) throw new S3Exception(S3Error.ConditionalRequestConflict);
            // Somebody else may own what is there now: everything is to be asked again.
            found = await FindAsync(request, "s3:PutObjectAcl", "s3:PutObjectVersionAcl");
            if (services.Access.OwnerIdOf(request.Bucket, found) != ownerId)
                throw new S3Exception(S3Error.ConditionalRequestConflict);
        }

        await request.SendStatus(StatusCodes.Status200OK);
    }

    /// <returns>False: the object has changed since it was found.</returns>
    private async Task<bool> ChangeAsync(
        S3Request request, ObjectRecord found, ImmutableSortedDictionary<string, string?> changes)
    {
        var command = new ChangeMetadata(
            request.Bucket.Id, request.Key, found.VersionId, found.Version, changes);
        return await services.Store.SendAsync(command, request.Aborted) switch
        {
            Changed => true,
            PreconditionFailed => false,
            KeyNotFound => throw new S3Exception(S3Error.NoSuchKey),
            Failed failed => throw S3Failures.Of(failed),
            var answer => throw new InvalidOperationException($"The index answered {answer}"),
        };
    }

    /// <summary>The ACL that the request states, by its headers or its body.</summary>
    /// <param name="ownerId">Of what gets the ACL.</param>
    private async Task<GrantList> ReadAsync(S3Request request, string ownerId)
    {
        var headers = AclHeaders.From(request.Headers);
        var body = await request.ReadBodyAsync(MaxBodyBytes);
        if (body.Length > 0 && !headers.IsEmpty) throw new S3Exception(S3Error.UnexpectedContent);
        if (body.Length == 0 && headers.IsEmpty) throw new S3Exception(S3Error.MissingSecurityHeader);
        var rules = BucketRules.Of(request.Bucket);
        var asked = body.Length == 0 ? headers : FromBody(body, ownerId);
        var bucketOwnerId = services.Access.OwnerIdOf(request.Bucket);
        if (rules.IsOwnerEnforced)
        {
            if (asked.IsEmpty) throw new S3Exception(S3Error.AccessControlListNotSupported);
            services.Access.RequireOwnersAcl(asked, bucketOwnerId);
            return GrantList.Private(ownerId);
        }

        // A body without any grant takes away all of them.
        var acl = body.Length > 0 && asked.IsEmpty
            ? GrantList.Nothing
            : asked.Resolve(ownerId, bucketOwnerId, services.Access.Users);
        S3Access.RequireNotBlocked(rules, acl);
        return acl;
    }

    private AclHeaders FromBody(byte[] body, string ownerId)
    {
        var policy = Parse(body);
        if (policy.OwnerId is null) throw new S3Exception(S3Error.MalformedAcl, "An ACL names the owner.");
        if (policy.OwnerId == ownerId) return new AclHeaders(null, policy.Grants);
        throw services.Access.Users.NameOfId(policy.OwnerId) is null
            ? DocumentErrors.InvalidArgument("Invalid id", "CanonicalUser/ID", policy.OwnerId)
            : new S3Exception(S3Error.AccessDenied);
    }

    private static AccessControlPolicy Parse(byte[] body)
    {
        try
        {
            return S3Document.Parse<AccessControlPolicy>(body);
        }
        catch (S3Exception error) when (error.Error == S3Error.MalformedXml)
        {
            throw new S3Exception(S3Error.MalformedAcl, error.Message);
        }
    }

    private async Task SendAsync(S3Request request, string ownerId, GrantList acl)
    {
        using var xml = new S3Xml(AccessControlPolicy.Root);
        var bucketOwnerId = services.Access.OwnerIdOf(request.Bucket);
        // Groups first, as other servers tell them: there are clients that look for names in the first grant.
        var grants = acl.Grants.OrderBy(grant => grant.Kind is not GranteeKind.Group);
        var policy = new AccessControlPolicy(ownerId, [.. grants]);
        policy.WriteTo(xml, id => services.Access.Users.NameOfId(id)
            ?? (id == bucketOwnerId ? services.Access.OwnerNameOf(request.Bucket) : null));
        await xml.SendAsync(request.Http);
    }

    /// <summary>The version that the request is about, once its sender is known to be allowed.</summary>
    private async Task<ObjectRecord> FindAsync(S3Request request, string action, string versionAction)
    {
        var version = VersionOf(request);
        var reply = await services.Store.LookupAsync(
            request.Bucket.Id, request.Key, forReading: false, request.Aborted, version);
        if (reply is Failed failed) throw S3Failures.Of(failed);
        var found = (reply as Found)?.Object;
        services.Access.Demand(request, version is null ? action : versionAction, found);
        if (found is null) throw Missing(reply as KeyNotFound, version);
        if (found.IsDeleteMarker)
            throw new S3Exception(S3Error.MethodNotAllowed) { Headers = [new("x-amz-delete-marker", "true")] };
        if (request.Bucket.Versioning is not VersioningState.Off)
            request.Response.Headers["x-amz-version-id"] = found.VersionId.ToString();
        return found;
    }

    private static S3Exception Missing(KeyNotFound? missing, VersionId? version)
    {
        if (version is not null) return new S3Exception(S3Error.NoSuchVersion);
        return missing?.Marker is { } marker
            ? new S3Exception(S3Error.NoSuchKey)
            {
                Headers =
                [
                    new("x-amz-delete-marker", "true"), new("x-amz-version-id", marker.VersionId.ToString()),
                ],
            }
            : new S3Exception(S3Error.NoSuchKey);
    }

    private static VersionId? VersionOf(S3Request request)
    {
        if (request.Query.Find("versionId") is not { Length: > 0 } text) return null;
        return VersionId.TryParse(text, out var version)
            ? version
            : throw DocumentErrors.InvalidArgument("Invalid version id specified", "versionId", text);
    }
}
