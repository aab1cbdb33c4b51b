using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Http.Raw;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>DeleteObject: of a key, which in a versioned bucket makes a delete marker, or of one version for
/// good.</summary>
internal sealed class ObjectDeletes(S3Services services)
{
    private const string ModifiedHeader = "x-amz-if-match-last-modified-time";
    private const string SizeHeader = "x-amz-if-match-size";

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Object, HttpMethods.Delete, null, "DeleteObject", DeleteAsync);

    /// <summary>Deletes one object, for a caller who may. A key that is not there counts as deleted.</summary>
    /// <exception cref="S3Exception">The caller may not, the object is locked, or the condition does not
    /// hold.</exception>
    public async Task<DeleteOutcome> DeleteAsync(
        S3Request request, ObjectKey key, VersionId? version, Precondition condition)
    {
        var bucket = request.Bucket;
        var target = new AccessTarget(bucket, key.Value);
        services.Access.Demand(request, version is null ? "s3:DeleteObject" : "s3:DeleteObjectVersion", target);
        var bypasses = version is not null && ObjectLock.WantsBypass(request);
        if (bypasses) services.Access.Demand(request, "s3:BypassGovernanceRetention", target);
        IKeyCommand command = version is { } id
            ? new DeleteVersion(bucket.Id, key, id, condition, bypasses)
            : new Delete(bucket.Id, key, condition, bucket.Versioning, MustExist: false);
        return await services.Store.SendAsync(command, CancellationToken.None) switch
        {
            MarkerMade made => new DeleteOutcome(made.Marker.VersionId, IsMarker: true),
            VersionDeleted gone => new DeleteOutcome(version, gone.Object.IsDeleteMarker),
            KeyNotFound { Marker: { } marker } when !IsOfMarker(condition, marker) =>
                throw new S3Exception(S3Error.PreconditionFailed),
            Deleted or KeyNotFound or PreconditionFailed { Object: null } => new DeleteOutcome(version, false),
            PreconditionFailed => throw new S3Exception(S3Error.PreconditionFailed),
            var other => throw ObjectReplies.Refusal(other),
        };
    }

    // Where there is nothing that the condition could be about, that is no reason to fail; a delete marker is
    // something.
    private static bool IsOfMarker(Precondition condition, ObjectRecord marker) =>
        (condition.MatchETags is not { } tags || tags.Contains("*", StringComparer.Ordinal))
        && condition.MatchSizeBytes is null or 0
        && (condition.MatchModified is not { } time || time == Conditions.LastModified(marker));

    private async Task DeleteAsync(S3Request request)
    {
        var condition = ConditionOf(request);
        var outcome = await DeleteAsync(request, request.Key, ObjectVersions.Find(request.Query), condition);
        var response = request.Response;
        response.StatusCode = StatusCodes.Status204NoContent;
        if (outcome.Version is { } version) response.Headers[ObjectVersions.HeaderName] = version.ToString();
        if (outcome.IsMarker) response.Headers[ObjectVersions.MarkerHeaderName] = "true";
    }

    private static Precondition ConditionOf(S3Request request)
    {
        var conditions = S3Conditions.ReadOfWrite(request.Headers);
        DateTimeOffset? modified = null;
        if (request.Header(ModifiedHeader) is { Length: > 0 } time)
            modified = HeaderUtilities.TryParseDate(time, out var parsed) || DocumentTime.TryParse(time, out parsed)
                ? parsed
                : throw ObjectErrors.InvalidArgument("This is no time.", ModifiedHeader, time);
        long? size = null;
        if (request.Header(SizeHeader) is { Length: > 0 } text)
            size = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                ? bytes
                : throw ObjectErrors.InvalidArgument("This is no size.", SizeHeader, text);
        return new Precondition(conditions.Match, NoneMatchETags: null, modified, size);
    }
}

/// <param name="Version">The one that was deleted, or the delete marker that was made; null in a bucket without
/// versions.</param>
/// <param name="IsMarker">A delete marker was made, or deleted.</param>
internal sealed record DeleteOutcome(VersionId? Version, bool IsMarker);
