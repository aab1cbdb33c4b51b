using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Ciaos.Client.Http;

namespace Ciaos.Client.Batch;

/// <summary>Many objects in few requests (docs/api.md).</summary>
internal sealed class Batches(Transport transport)
{
    // A byte of a key takes up to 6 in JSON, and a node reads 16 MiB of it.
    private const long MaxKeyBytes = 2 * 1024 * 1024;

    public async IAsyncEnumerable<BatchItem> GetAsync(
        IEnumerable<string> keys, bool isOrdered, [EnumeratorCancellation] CancellationToken cancellation)
    {
        long firstIndex = 0;
        foreach (var some in Cut(keys))
        {
            using var reading = new BatchReading(transport, some, firstIndex, isOrdered, cancellation);
            while (await reading.NextAsync().ConfigureAwait(false) is { } item) yield return item;
            firstIndex += some.Length;
        }
    }

    public async IAsyncEnumerable<BatchPutResult> PutAsync(
        IAsyncEnumerable<BatchPut> items, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var batch = new List<BatchPut>();
        var (firstIndex, bytes) = (0L, 0L);
        await foreach (var item in items.WithCancellation(cancellation).ConfigureAwait(false))
        {
            var itemBytes = item.Files.Sum(file => (long)file.Length);
            if (batch.Count >= transport.Options.MaxBatchItems
                || (batch.Count > 0 && bytes + itemBytes > transport.Options.MaxBatchBytes))
            {
                foreach (var result in await SendAsync(batch, firstIndex, cancellation).ConfigureAwait(false))
                    yield return result;
                firstIndex += batch.Count;
                batch.Clear();
                bytes = 0;
            }

            batch.Add(item);
            bytes += itemBytes;
        }

        if (batch.Count == 0) yield break;
        foreach (var result in await SendAsync(batch, firstIndex, cancellation).ConfigureAwait(false))
            yield return result;
    }

    /// <summary>One object of any size, its files streamed.</summary>
    public async Task<ObjectInfo> UploadAsync(
        string key, IReadOnlyList<long> lengths, Stream content, WriteMode mode, string? idempotencyKey,
        IProgress<long>? progress, CancellationToken cancellation)
    {
        var body = new StreamBody(content, lengths.Sum(), Frame.WriteObject(mode, key, lengths), Frame.End);
        var results = await SendAsync(body, [key], 0, idempotencyKey, progress, cancellation).ConfigureAwait(false);
        if (results[0].Error is { } error) throw error;
        return mode == WriteMode.Append
            ? new ObjectInfo { Key = key, ETag = results[0].ETag }
            : new ObjectInfo
            {
                Key = key,
                ETag = results[0].ETag,
                SizeBytes = lengths.Sum(),
                FileCount = lengths.Count,
            };
    }

    private IEnumerable<string[]> Cut(IEnumerable<string> keys)
    {
        var (some, bytes) = (new List<string>(), 0L);
        foreach (var key in keys)
        {
            var keyBytes = Encoding.UTF8.GetByteCount(Target.Checked(key));
            if (bytes + keyBytes > MaxKeyBytes && some.Count > 0)
            {
                yield return [.. some];
                some.Clear();
                bytes = 0;
            }

            some.Add(key);
            bytes += keyBytes;
            if (some.Count < transport.Options.MaxBatchItems) continue;
            yield return [.. some];
            some.Clear();
            bytes = 0;
        }

        if (some.Count > 0) yield return [.. some];
    }

    private Task<List<BatchPutResult>> SendAsync(
        List<BatchPut> batch, long firstIndex, CancellationToken cancellation)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        foreach (var item in batch)
        {
            parts.Add(Frame.WriteObject(item.Mode, item.Key, [.. item.Files.Select(file => (long)file.Length)]));
            parts.AddRange(item.Files);
        }

        parts.Add(Frame.End);
        string[] keys = [.. batch.Select(item => item.Key)];
        return SendAsync(new MemoryBody(parts), keys, firstIndex, null, null, cancellation);
    }

    private async Task<List<BatchPutResult>> SendAsync(
        UploadBody body, string[] keys, long firstIndex, string? idempotencyKey, IProgress<long>? progress,
        CancellationToken cancellation)
    {
        var call = new Call(HttpMethod.Post, "/batch/put", keys.Length == 1 ? keys[0] : null)
        {
            Body = body,
            BodyType = Frame.MediaType,
            Progress = progress,
        };
        call.With(new WriteOptions { IdempotencyKey = idempotencyKey });
        using var answer = await transport.SendAsync(call, cancellation).ConfigureAwait(false);
        var json = await transport.ReadAllAsync(call, answer, cancellation).ConfigureAwait(false);
        using var document = JsonDocument.Parse(json);
        var results = document.RootElement.GetProperty("results");
        if (results.GetArrayLength() != keys.Length)
            throw new CiaosException(
                CiaosError.BrokenTransfer, $"{keys.Length} items were sent, {results.GetArrayLength()} answered");
        var requestId = Transport.Header(answer, "X-Request-Id");
        return [.. results.EnumerateArray().Select((each, i) => Read(each, firstIndex + i, keys[i], requestId))];
    }

    private static BatchPutResult Read(JsonElement json, long index, string key, string? requestId)
    {
        var status = json.GetProperty("status").GetInt32();
        var etag = json.TryGetProperty("etag", out var tag) ? tag.GetString()?.Trim('"') : null;
        var text = json.TryGetProperty("error", out var error) ? error.GetString() ?? "" : "";
        return new BatchPutResult(
            index, key, status, etag, status is >= 200 and < 300 ? null : Refusals.Make(status, text, key, requestId));
    }
}
