using Ciaos.Actors.Index;
using Ciaos.Http.S3.Objects;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Multipart;

/// <summary>Uploads that nobody has completed do not keep a bucket from being deleted: they end with it.</summary>
internal sealed class UnfinishedUploads(S3Services services)
{
    private const int PageSize = 1_000;
    private const int BatchSize = 64;

    /// <summary>Aborts all uploads of a bucket that has nothing else.</summary>
    /// <returns>False: there is something else, or there were none.</returns>
    public async Task<bool> TryAbortAllAsync(BucketId bucket, CancellationToken cancellation)
    {
        var kept = await services.Store.ListVersionsAsync(
            bucket, new VersionQuery("", "", "", VersionMarker: null, Limit: 1), cancellation);
        if (kept.Entries.Count > 0) return false;
        var query = new UploadQuery("", "", "", UploadMarker: null, PageSize);
        for (var hasAborted = false; ; hasAborted = true)
        {
            var page = await services.Store.ListUploadsAsync(bucket, query, cancellation);
            if (page.Entries.Count == 0) return hasAborted;
            foreach (var batch in page.Entries.Chunk(BatchSize))
                await Task.WhenAll(batch.Select(entry => AbortAsync(entry.Item!)));
            query = query with { KeyMarker = page.LastKey, UploadMarker = page.LastUpload };
        }
    }

    private async Task AbortAsync(UploadRecord upload)
    {
        var reply = await services.Store.SendAsync(
            new AbortMultipart(upload.Bucket, upload.Key, upload.Id), CancellationToken.None);
        if (reply is not (MultipartAborted or UploadNotFound)) throw ObjectReplies.Refusal(reply);
    }
}
