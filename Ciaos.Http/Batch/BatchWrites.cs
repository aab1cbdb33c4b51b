using System.Globalization;
using System.Text.Json;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Listing;
using Ciaos.Http.Quotas;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ciaos.Http.Batch;

/// <summary>
/// <c>/batch/put</c>: many objects in one request (<see cref="PutFrame"/>). They are stored side by side as they come,
/// and answered together when all are durable. A stream that is malformed or cut is refused; what came whole before
/// may have been stored.
/// </summary>
internal sealed class BatchWrites(
    ObjectStore store, UserQuotas quotas, Failures failures, BatchSettings settings, int maxFiles)
{
    /// <summary>The segments of an object with more files take much memory, so that the next one has to wait.</summary>
    private const int MaxFilesSideBySide = 1024;

    /// <param name="refusal">Why the user may not write a key; null where it may.</param>
    public async Task HandleAsync(HttpContext context, string user, Func<ObjectKey, string?> refusal)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        var frames = new PutFrameReader(
            context.Request.BodyReader, settings.MaxKeys, maxFiles, context.RequestAborted);
        var taking = new Taking(context, user, refusal, Idempotency.Read(context.Request), frames, this);
        try
        {
            while (await frames.NextAsync() is { } item) await taking.TakeAsync(item);
        }
        finally
        {
            await taking.DrainAsync();
        }

        LogFailures(context, taking.Results);
        await ObjectJson.SendAsync(context, writer => Write(writer, taking.Results));
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<PutResult> results)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("results");
        foreach (var result in results)
        {
            writer.WriteStartObject();
            writer.WriteNumber("status", result.Status);
            writer.WriteString(result.IsStored ? "etag" : "error", result.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Once for all objects.</summary>
    private void LogFailures(HttpContext context, IReadOnlyList<PutResult> results)
    {
        var failed = results.Where(result => result.Status >= StatusCodes.Status500InternalServerError).ToList();
        if (failed.Count > 0) failures.LogParts(context, failed[0].Status, failed[0].Text, failed.Count);
    }

    /// <summary>Takes the objects of one request, so many at a time.</summary>
    /// <param name="token">What the request is called by, or null.</param>
    private sealed class Taking(
        HttpContext context, string user, Func<ObjectKey, string?> refusal, string? token, PutFrameReader frames,
        BatchWrites batch)
    {
        private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

        private readonly List<PutResult> _results = [];
        private readonly Queue<(int Index, Task<PutResult> Storing)> _inFlight = new();
        private readonly Dictionary<ObjectKey, Task> _lastOfKey = [];
        private BucketProtocol.BucketInfo? _bucket;

        /// <summary>In the order of the frames, once <see cref="DrainAsync"/> has ended.</summary>
        public IReadOnlyList<PutResult> Results => _results;

        /// <summary>Returns when the stream stands at the next frame; the object may still be on its way.</summary>
        public async Task TakeAsync(PutItem item)
        {
            _results.Add(default);
            if (await RefusalOfAsync(item) is { } refused)
            {
                _results[item.Index] = refused;
                await frames.SkipAsync(item.BodyBytes);
                return;
            }

            if (_inFlight.Count == batch.Settings.Parallelism) await CollectOldestAsync();
            var body = ItemBody.Begin(frames, item);
            try
            {
                var itemToken = token is null ? null : string.Create(Culture, $"{token}/{item.Index}");
                var write = new ItemWrite(
                    batch.Store, batch.Quotas, batch.Failures, context, _bucket!, item, body, itemToken);
                var isWhole = await write.BufferAsync();
                if (isWhole && item.LengthBytes.Count <= MaxFilesSideBySide)
                    _inFlight.Enqueue((item.Index, StoreAsync(write, item.Key)));
                else
                    _results[item.Index] = await StoreAsync(write, item.Key);
            }
            finally
            {
                await body.EndAsync();
            }
        }

        /// <summary>Waits for all that is being stored, whatever becomes of it.</summary>
        public async Task DrainAsync()
        {
            await Task.WhenAll(_inFlight.Select(each => each.Storing));
            while (_inFlight.Count > 0) await CollectOldestAsync();
        }

        private async Task CollectOldestAsync()
        {
            var (index, storing) = _inFlight.Dequeue();
            _results[index] = await storing;
        }

        private async ValueTask<PutResult?> RefusalOfAsync(PutItem item)
        {
            if (item.Refusal is { } refused) return refused;
            if (refusal(item.Key) is { } denied) return new PutResult(StatusCodes.Status403Forbidden, denied);
            _bucket ??= item.Mode is PutFrameMode.Create or PutFrameMode.Upsert
                ? await batch.Store.ResolveBucketAsync(user, context.RequestAborted)
                : await batch.Store.FindBucketAsync(user, context.RequestAborted);
            return _bucket is null
                ? new PutResult(StatusCodes.Status404NotFound, Answers.NoSuchKey(item.Key.Value))
                : null;
        }

        /// <summary>Objects of one key are stored one after the other, in the order of their frames.</summary>
        private Task<PutResult> StoreAsync(ItemWrite write, ObjectKey key)
        {
            if (_lastOfKey.Count > 2 * batch.Settings.Parallelism) ForgetThoseThatEnded();
            var storing = write.StoreAsync(after: _lastOfKey.GetValueOrDefault(key, Task.CompletedTask));
            _lastOfKey[key] = storing;
            return storing;
        }

        private void ForgetThoseThatEnded()
        {
            foreach (var (key, storing) in _lastOfKey)
                if (storing.IsCompleted) _lastOfKey.Remove(key);
        }
    }

    private ObjectStore Store => store;

    private UserQuotas Quotas => quotas;

    private Failures Failures => failures;

    private BatchSettings Settings => settings;
}
