using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>Finds the object that a request is about, for a caller who may have it.</summary>
internal sealed class ObjectFinder(S3Services services)
{
    /// <summary>The object or version that the request names.</summary>
    /// <param name="action">Such as <c>s3:GetObject</c>; of a named version, <c>s3:GetObjectVersion</c> is
    /// meant.</param>
    /// <param name="forReading">With its segments: the answer must be opened, and its reader disposed of.</param>
    /// <exception cref="S3Exception">The caller may not, or there is no such object.</exception>
    public ValueTask<Found> FindAsync(
        S3Request request, string action, bool forReading = false, TagSet? requestTags = null) => FindAsync(
        request, request.Bucket, request.Key, ObjectVersions.Find(request.Query), action, forReading, requestTags);

    /// <exception cref="S3Exception">The caller may not, or there is no such object.</exception>
    public async ValueTask<Found> FindAsync(
        S3Request request, BucketProtocol.BucketInfo bucket, ObjectKey key, VersionId? version, string action,
        bool forReading = false, TagSet? requestTags = null)
    {
        if (version is not null) action = OfVersion(action);
        var reply = await services.Store.LookupAsync(bucket.Id, key, forReading, request.Aborted, version);
        var target = new AccessTarget(bucket, key.Value, (reply as Found)?.Object) { RequestTags = requestTags };
        switch (reply)
        {
            case Found found:
                try
                {
                    services.Access.Demand(request, action, target);
                    if (found.Object.IsDeleteMarker) throw IsMarker(found.Object);
                    return found;
                }
                catch
                {
                    services.Store.EndRead(found);
                    throw;
                }

            case KeyNotFound missing:
                services.Access.Demand(request, action, target);
                throw Missing(bucket, key, version, missing.Marker);
            case Failed failed:
                throw new IndexFailedException(failed);
            default:
                throw new InvalidOperationException($"A look-up was answered with {reply.GetType()}");
        }
    }

    /// <summary>What the key holds now, whoever asks; null: nothing, or a delete marker.</summary>
    public async Task<ObjectRecord?> PeekAsync(BucketId bucket, ObjectKey key, CancellationToken cancellation) =>
        RecordIn(await services.Store.LookupAsync(bucket, key, forReading: false, cancellation));

    /// <summary>As <see cref="PeekAsync"/>, but when all is visible that is under way with the key.</summary>
    public async Task<ObjectRecord?> PeekSettledAsync(
        BucketId bucket, ObjectKey key, CancellationToken cancellation) =>
        RecordIn(await services.Store.LookupSettledAsync(bucket, key, cancellation));

    private static ObjectRecord? RecordIn(IReply reply) => reply switch
    {
        Found found => found.Object,
        KeyNotFound => null,
        Failed failed => throw new IndexFailedException(failed),
        _ => throw new InvalidOperationException($"A look-up was answered with {reply.GetType()}"),
    };

    /// <summary>The action that policies know where a version is named.</summary>
    private static string OfVersion(string action) => action switch
    {
        "s3:GetObject" => "s3:GetObjectVersion",
        "s3:GetObjectAttributes" => "s3:GetObjectVersionAttributes",
        "s3:GetObjectTagging" => "s3:GetObjectVersionTagging",
        "s3:PutObjectTagging" => "s3:PutObjectVersionTagging",
        "s3:DeleteObjectTagging" => "s3:DeleteObjectVersionTagging",
        _ => action,
    };

    private static S3Exception Missing(
        BucketProtocol.BucketInfo bucket, ObjectKey key, VersionId? version, ObjectRecord? marker)
    {
        if (version is { } id && marker is null)
            return new S3Exception(S3Error.NoSuchVersion)
            {
                Details = [new("Key", key.Value), new("VersionId", id.ToString())],
            };
        var headers = new List<KeyValuePair<string, string>>
        {
            new(ObjectVersions.MarkerHeaderName, marker is null ? "false" : "true"),
        };
        if (marker is not null && ObjectVersions.IsShown(bucket.Versioning, marker))
            headers.Add(new(ObjectVersions.HeaderName, marker.VersionId.ToString()));
        return new S3Exception(S3Error.NoSuchKey) { Details = [new("Key", key.Value)], Headers = headers };
    }

    // It was asked for by its version id: it is there, and has no content.
    private static S3Exception IsMarker(ObjectRecord marker) => new(S3Error.MethodNotAllowed)
    {
        Details = [new("ResourceType", "DeleteMarker")],
        Headers =
        [
            new(ObjectVersions.MarkerHeaderName, "true"),
            new(ObjectVersions.HeaderName, marker.VersionId.ToString()),
            new("Allow", HttpMethods.Delete),
            new("Last-Modified", Raw.Conditions.LastModified(marker).ToString("R")),
        ],
    };
}
