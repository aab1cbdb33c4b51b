using System.Collections.Concurrent;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Multipart;

/// <summary>
/// Finds the upload that a request names. What an upload was begun with never changes, so it is kept in memory: a part
/// need not ask the catalog. That the upload is still there is for the index to say when the part is put.
/// </summary>
internal sealed class UploadFinder(S3Services services)
{
    private const string ParameterName = "uploadId";
    private const int MaxKept = 10_000;
    private const int PageParts = 2_000;

    private readonly ConcurrentDictionary<UploadId, UploadRecord> _kept = new();

    /// <summary>Null: there is none of that id for this key. What is found may have been completed or aborted since it
    /// was kept.</summary>
    public async ValueTask<UploadRecord?> FindAsync(S3Request request)
    {
        if (!UploadId.TryParse(request.Query.Text(ParameterName), out var id)) return null;
        if (!_kept.TryGetValue(id, out var upload))
        {
            var page = await services.Store.ListPartsAsync(
                request.Bucket.Id, request.Key, id, PartList.MaxParts, 0, request.Aborted);
            if (page is null) return null;
            upload = page.Upload;
            Keep(upload);
        }

        return upload.Bucket == request.Bucket.Id && upload.Key == request.Key ? upload : null;
    }

    /// <summary>Whoever has begun an upload may look at it, and abort it, unless a policy denies that.</summary>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public async Task DemandAsync(S3Request request, string action)
    {
        var upload = await FindAsync(request);
        services.Access.Demand(request, action, new AccessTarget(request.Bucket, request.Key.Value)
        {
            IsInitiator = upload is not null && upload.Initiator == request.User?.CanonicalId,
        });
    }

    public void Keep(UploadRecord upload)
    {
        if (_kept.Count >= MaxKept) _kept.Clear();
        _kept[upload.Id] = upload;
    }

    public void Forget(UploadId id) => _kept.TryRemove(id, out _);

    /// <exception cref="S3Exception">NoSuchUpload: it is no id at all.</exception>
    public static UploadId IdOf(S3Request request)
    {
        return UploadId.TryParse(request.Query.Text(ParameterName), out var id) ? id : throw Missing(request);
    }

    public static S3Exception Missing(S3Request request) =>
        new(S3Error.NoSuchUpload) { Details = [new("UploadId", request.Query.Text(ParameterName))] };

    /// <summary>All parts of an upload by their numbers; null where there is no such upload.</summary>
    public async Task<(UploadRecord Upload, IReadOnlyDictionary<int, PartRecord> Parts)?> FindPartsAsync(
        S3Request request, UploadId id)
    {
        var parts = new Dictionary<int, PartRecord>();
        var after = 0;
        while (true)
        {
            var page = await services.Store.ListPartsAsync(
                request.Bucket.Id, request.Key, id, after, PageParts, request.Aborted);
            if (page is null) return null;
            foreach (var part in page.Parts) parts[part.Number] = part;
            if (!page.HasMore) return (page.Upload, parts);
            after = page.Parts[^1].Number;
        }
    }
}
