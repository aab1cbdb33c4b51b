using Ciaos.Actors.AccessLogs;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.AccessLogs;

/// <summary>Writes requests that are answered to the access logs of the buckets that they are about, where those have
/// one.</summary>
internal sealed class AccessLogRecorder(S3Services services, AccessLog log)
{
    /// <param name="request">Null: it was refused before it was known who asks.</param>
    /// <param name="error">What its client was told; null: that it was done.</param>
    public async ValueTask RecordAsync(HttpContext context, S3Target target, S3Request? request, S3Error? error)
    {
        var bucket = request is null ? await FindAsync(target) : request.FoundBucket;
        if (bucket is not null && IsLogged(bucket))
            Write(bucket, AccessLogLine.Of(context, target, request, error, services.Access.OwnerIdOf(bucket)));
        if (request?.LogItems is not { } items) return;
        foreach (var item in items)
            Write(item.Bucket, AccessLogLine.Of(context, item, request, services.Access.OwnerIdOf(item.Bucket)));
    }

    public static bool IsLogged(BucketProtocol.BucketInfo bucket) =>
        bucket.Config.ContainsKey(BucketConfig.Logging) && BucketRules.Of(bucket).IsLogged;

    private void Write(BucketProtocol.BucketInfo bucket, AccessLogLine line)
    {
        var now = services.Time.GetUtcNow();
        log.Write(bucket, bucket.Config[BucketConfig.Logging], now, line.ToBytes(now, services.Time));
    }

    // A request that was refused already must not fail for its log.
    private async ValueTask<BucketProtocol.BucketInfo?> FindAsync(S3Target target)
    {
        try
        {
            return await services.Store.FindBucketInfoAsync(target.Bucket!, CancellationToken.None);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            return null;
        }
    }
}
