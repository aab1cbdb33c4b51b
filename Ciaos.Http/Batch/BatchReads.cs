using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Batch;

/// <summary>
/// <c>/batch/get</c>: many objects in one answer (<see cref="ReplyFrame"/>). A window of keys is looked up while the
/// one before is being sent, and sent in the order in which the objects lie on disk. What one key cannot be given has a
/// frame that says so; what fails inside of an object's frame cuts the answer.
/// </summary>
internal sealed class BatchReads(ObjectStore store, Failures failures, BatchSettings settings)
{
    /// <summary>Objects up to here are read and verified before a byte of their frame is sent.</summary>
    private const int MaxWholeBytes = 256 * 1024;

    /// <param name="refusal">Why the user may not read a key; null where it may.</param>
    public async Task HandleAsync(HttpContext context, string user, Func<ObjectKey, string?> refusal)
    {
        var request = await BatchGetRequest.ReadAsync(context, settings);
        var bucket = await store.FindBucketAsync(user, context.RequestAborted);
        var windows = new BatchWindows(store, request, bucket?.Id, settings, refusal);
        context.Response.ContentType = ReplyFrame.ContentType;
        using var output = new ReplyWriter(context.Response.BodyWriter);
        var sending = new Sending(context, store, failures, bucket?.Id, output);
        var next = windows.NextAsync(context.RequestAborted);
        try
        {
            while (await next is { } window)
            {
                next = windows.NextAsync(context.RequestAborted);
                foreach (var item in window) await sending.SendAsync(item);
            }
        }
        finally
        {
            // Nobody else would see how it ends where the sending has failed.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            sending.LogFailures();
        }

        ReplyFrame.End(request.Keys.Count).Write(output);
        await output.FinishAsync(context.RequestAborted);
    }

    /// <summary>Writes the frames of one request.</summary>
    private sealed class Sending(
        HttpContext context, ObjectStore store, Failures failures, BucketId? bucket, ReplyWriter output)
    {
        private (int Status, string Detail, int Count) _failed;

        public async ValueTask SendAsync(BatchItem item)
        {
            if (item.Refusal is { } refused) ReplyFrame.WriteText(output, item.Index, refused.Status, refused.Message);
            else if (item.Reply is not IndexProtocol.Found found || !TryWriteWhole(item.Index, found))
                await SendReplyAsync(item);
            var flushed = await output.FlushAsync(context.RequestAborted);
            if (flushed.IsCompleted) throw new OperationCanceledException("The client has gone");
        }

        /// <summary>Once for all keys.</summary>
        public void LogFailures()
        {
            if (_failed.Count > 0) failures.LogParts(context, _failed.Status, _failed.Detail, _failed.Count);
        }

        private async Task SendReplyAsync(BatchItem item)
        {
            var reply = item.Reply ?? await LookupAsync(item.Key);
            switch (reply)
            {
                case IndexProtocol.Found found:
                    await SendPiecesAsync(item.Index, found);
                    break;
                case IndexProtocol.KeyNotFound:
                    ReplyFrame.WriteText(
                        output, item.Index, StatusCodes.Status404NotFound, Answers.NoSuchKey(item.Key.Value));
                    break;
                case IndexProtocol.Failed failed:
                    var status = Failures.StatusOf(failed.Reason);
                    _failed = (status, failed.Detail, _failed.Count + 1);
                    ReplyFrame.WriteText(output, item.Index, status, failed.Detail);
                    break;
                default:
                    throw new InvalidOperationException($"A look-up was answered with {reply.GetType()}");
            }
        }

        /// <summary>False: the object is too large for it, or encrypted.</summary>
        private bool TryWriteWhole(int index, IndexProtocol.Found found)
        {
            var record = found.Object;
            if (record.SizeBytes > MaxWholeBytes || !ObjectStore.CanReadAtOnce(found)) return false;
            var headBytes = ReplyFrame.HeadBytes + ((int)record.FileCount * ReplyFrame.LengthBytes);
            var frameBytes = headBytes + (int)record.SizeBytes;
            var frame = output.GetSpan(frameBytes)[..frameBytes];
            new ReplyFrame(FrameKind.Object, StatusCodes.Status200OK, index, (uint)record.FileCount, record.SizeBytes)
                .Write(frame);
            WriteLengths(found, frame[ReplyFrame.HeadBytes..headBytes]);
            try
            {
                store.ReadAtOnce(found, 0, frame[headBytes..]);
            }
            catch (IOException failure)
            {
                var (status, text) = failures.AnswerOf(context, record.Key.Value, failure);
                ReplyFrame.WriteText(output, index, status, text);
                return true;
            }

            output.Advance(frameBytes);
            return true;
        }

        private static void WriteLengths(IndexProtocol.Found found, Span<byte> lengths)
        {
            var fileBytes = 0L;
            for (var i = 0; i < found.Segments.Length; i++)
            {
                fileBytes += found.Segments[i].LengthBytes;
                if (i + 1 < found.Segments.Length && !found.Segments[i + 1].StartsFile) continue;
                ReplyFrame.WriteLength(lengths, fileBytes);
                lengths = lengths[ReplyFrame.LengthBytes..];
                fileBytes = 0;
            }
        }

        /// <summary>An object of any size. Its segments are gone through twice, for the lengths and for the bytes, so
        /// that neither is held in memory.</summary>
        private async Task SendPiecesAsync(int index, IndexProtocol.Found found)
        {
            ObjectReader reader;
            try
            {
                reader = store.OpenRead(found);
            }
            catch (DataKeyException failure)
            {
                var (status, text) = failures.AnswerOf(context, found.Object.Key.Value, failure);
                ReplyFrame.WriteText(output, index, status, text);
                return;
            }

            await using (reader)
            {
                var record = found.Object;
                new ReplyFrame(
                    FrameKind.Object, StatusCodes.Status200OK, index, checked((uint)record.FileCount),
                    record.SizeBytes).Write(output);
                await SendLengthsAsync(reader);
                await foreach (var page in reader.SegmentsAsync(context.RequestAborted))
                    foreach (var segment in page)
                        await reader.CopySegmentAsync(segment, output, context.RequestAborted);
            }
        }

        private async Task SendLengthsAsync(ObjectReader reader)
        {
            long? fileBytes = null;
            await foreach (var page in reader.SegmentsAsync(context.RequestAborted))
            {
                foreach (var segment in page)
                {
                    if (segment.StartsFile && fileBytes is { } length) ReplyFrame.WriteLength(output, length);
                    fileBytes = segment.StartsFile ? segment.LengthBytes : fileBytes + segment.LengthBytes;
                }

                await output.FlushAsync(context.RequestAborted);
            }

            if (fileBytes is { } last) ReplyFrame.WriteLength(output, last);
        }

        private ValueTask<IndexProtocol.IReply> LookupAsync(ObjectKey key) =>
            store.LookupAsync(bucket!.Value, key, forReading: true, context.RequestAborted);
    }
}
