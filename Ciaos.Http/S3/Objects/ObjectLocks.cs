using Ciaos.Actors.Index;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Objects;

/// <summary>Get and put of an object's retention and legal hold.</summary>
internal sealed class ObjectLocks(S3Services services)
{
    /// <summary>How often a change is judged anew when somebody else has changed the object meanwhile.</summary>
    private const int MaxAttempts = 8;

    private readonly ObjectFinder _finder = new(services);
    private readonly MetadataChanges _changes = new(services);

    public void Register(S3Operations operations)
    {
        operations.Add(S3Scope.Object, HttpMethods.Get, "retention", "GetObjectRetention", GetRetentionAsync);
        operations.Add(S3Scope.Object, HttpMethods.Put, "retention", "PutObjectRetention", PutRetentionAsync);
        operations.Add(S3Scope.Object, HttpMethods.Get, "legal-hold", "GetObjectLegalHold", GetHoldAsync);
        operations.Add(S3Scope.Object, HttpMethods.Put, "legal-hold", "PutObjectLegalHold", PutHoldAsync);
    }

    private async Task GetRetentionAsync(S3Request request)
    {
        var found = (await _finder.FindAsync(request, "s3:GetObjectRetention")).Object;
        ObjectLock.CheckEnabled(request.Bucket);
        var retention = ObjectLock.RetentionOf(found)
            ?? throw new S3Exception(ObjectErrors.NoSuchObjectLockConfiguration);
        using var xml = retention.ToXml();
        await xml.SendAsync(request.Http);
    }

    private async Task GetHoldAsync(S3Request request)
    {
        var found = (await _finder.FindAsync(request, "s3:GetObjectLegalHold")).Object;
        ObjectLock.CheckEnabled(request.Bucket);
        if (!found.Metadata.TryGetValue(ObjectMetadata.LegalHold, out var hold))
            throw new S3Exception(ObjectErrors.NoSuchObjectLockConfiguration);
        using var xml = new LegalHold(hold == ObjectMetadata.HoldOn).ToXml();
        await xml.SendAsync(request.Http);
    }

    private async Task PutHoldAsync(S3Request request)
    {
        var found = (await _finder.FindAsync(request, "s3:PutObjectLegalHold")).Object;
        ObjectLock.CheckEnabled(request.Bucket);
        var hold = S3Document.Parse<LegalHold>(await MetadataChanges.ReadDocumentAsync(request));
        await _changes.ApplyAsync(
            found, [new(ObjectMetadata.LegalHold, hold.IsOn ? ObjectMetadata.HoldOn : ObjectLock.HoldOff)]);
        ObjectVersions.Write(request.Response, request.Bucket.Versioning, found);
    }

    private async Task PutRetentionAsync(S3Request request)
    {
        var found = (await _finder.FindAsync(request, "s3:PutObjectRetention")).Object;
        ObjectLock.CheckEnabled(request.Bucket);
        var wanted = S3Document.Parse<Retention>(await MetadataChanges.ReadDocumentAsync(request));
        if (wanted.Until is { } until && until <= services.Time.GetUtcNow())
            throw ObjectLock.InPast("RetainUntilDate", S3Xml.FormatTime(until));

        // What is judged must be what is changed, or two requests together could do what neither may.
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (attempt > 0) found = (await _finder.FindAsync(request, "s3:PutObjectRetention")).Object;
            CheckAllowed(request, found, wanted);
            if (!await _changes.TryApplyAsync(found, ChangesTo(wanted))) continue;
            ObjectVersions.Write(request.Response, request.Bucket.Versioning, found);
            return;
        }

        throw new S3Exception(S3Error.ConditionalRequestConflict);
    }

    private void CheckAllowed(S3Request request, IndexProtocol.ObjectRecord found, Retention wanted)
    {
        var change = ObjectLock.Judge(ObjectLock.RetentionOf(found), wanted, services.Time.GetUtcNow());
        if (change == RetentionChange.Free) return;
        if (change == RetentionChange.Forbidden || !ObjectLock.WantsBypass(request))
            throw new S3Exception(
                S3Error.AccessDenied, "Access Denied because object protected by object lock.");
        services.Access.Demand(request, "s3:BypassGovernanceRetention", found);
    }

    private static KeyValuePair<string, string?>[] ChangesTo(Retention wanted) =>
    [
        new(ObjectMetadata.RetentionMode, wanted.Mode),
        new(ObjectMetadata.RetentionUntil, wanted.Until is { } until ? S3Xml.FormatTime(until) : null),
    ];
}
