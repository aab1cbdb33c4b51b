using System.Buffers;
using System.Runtime.CompilerServices;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Ciaos.Storage.FlatBuffers;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Native;

/// <summary>
/// <c>get</c>: a FlatBuffers list whose head is computed from the lengths of the files and whose data is streamed out
/// of the volumes. The object's segments are gone through three times (length of the reply, head, data), so that
/// neither the list nor its head is ever held in memory. A small object is read at once.
/// </summary>
internal sealed class FileListReads(ObjectStore store, Failures failures)
{
    private const int EntriesPerWrite = 4096;
    private const string BodyType = "application/octet-stream";

    public async Task HandleAsync(HttpContext context, string user, ObjectKey key)
    {
        var reply = await store.FindBucketAsync(user, context.RequestAborted) is { } bucket
            ? await store.LookupAsync(bucket.Id, key, forReading: true, context.RequestAborted)
            : IndexProtocol.KeyNotFound.Instance;
        await (reply switch
        {
            IndexProtocol.Found found when SmallReads.Allow(found) => SendAtOnceAsync(context, found),
            IndexProtocol.Found found => SendAsync(context, found),
            IndexProtocol.KeyNotFound => Answers.NoSuchKeyAsync(context, key.Value),
            IndexProtocol.Failed failed => failures.AnswerAsync(context, failed),
            _ => throw new InvalidOperationException($"A look-up was answered with {reply.GetType()}"),
        });
    }

    // All files are read, and verified, before the answer begins.
    private async Task SendAtOnceAsync(HttpContext context, IndexProtocol.Found found)
    {
        var lengths = LengthsOf(found);
        context.Response.ContentType = BodyType;
        context.Response.ContentLength =
            FileDataListHead.HeadBytes(lengths.Length) + lengths.Sum(length => FileDataListHead.FileBytes(length));
        if (HttpMethods.IsHead(context.Request.Method)) return;
        using var output = new ReplyWriter(context.Response.BodyWriter);
        WriteHead(lengths, output);
        WriteData(found, lengths, output);
        await output.FinishAsync(context.RequestAborted);
    }

    private static int[] LengthsOf(IndexProtocol.Found found)
    {
        var lengths = new int[(int)found.Object.FileCount];
        var file = -1;
        foreach (var segment in found.Segments)
        {
            if (segment.StartsFile) file++;
            lengths[file] += segment.LengthBytes;
        }

        return lengths;
    }

    private static void WriteHead(int[] lengths, ReplyWriter output)
    {
        var head = new FileDataListHead(lengths.Length);
        head.WritePreamble(output);
        head.WriteOffsets(output, 0, lengths.Length);
        foreach (var length in lengths) head.WriteTable(output, length);
    }

    private void WriteData(IndexProtocol.Found found, int[] lengths, ReplyWriter output)
    {
        var size = (int)found.Object.SizeBytes;
        var data = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            store.ReadAtOnce(found, 0, data.AsSpan(0, size));
            var next = 0;
            foreach (var length in lengths)
            {
                FileDataListHead.WriteLength(output, length);
                output.Write(data.AsSpan(next, length));
                FileDataListHead.WritePadding(output, length);
                next += length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(data);
        }
    }

    private async Task SendAsync(HttpContext context, IndexProtocol.Found found)
    {
        await using var reader = store.OpenRead(found);
        var totalBytes = await ReplyBytesAsync(reader, context.RequestAborted);
        if (totalBytes > FileDataListReader.MaxBytes)
        {
            await RefuseAsync(context, found.Object);
            return;
        }

        context.Response.ContentType = BodyType;
        context.Response.ContentLength = totalBytes;
        if (HttpMethods.IsHead(context.Request.Method)) return;
        using var output = new ReplyWriter(context.Response.BodyWriter);
        await WriteHeadAsync(reader, output, context.RequestAborted);
        await WriteDataAsync(reader, output, context.RequestAborted);
        await output.FinishAsync(context.RequestAborted);
    }

    private static Task RefuseAsync(HttpContext context, IndexProtocol.ObjectRecord found) => Answers.TextAsync(
        context,
        StatusCodes.Status413PayloadTooLarge,
        $"The {found.FileCount} files of key {found.Key} have {found.SizeBytes} bytes, too many for one FlatBuffers "
        + $"reply of at most {FileDataListReader.MaxBytes}: "
        + $"read them with GET /raw/{Uri.EscapeDataString(found.Key.Value)}");

    private static async ValueTask<long> ReplyBytesAsync(ObjectReader reader, CancellationToken cancellation)
    {
        var total = FileDataListHead.HeadBytes(reader.Object.FileCount);
        if (total + reader.Object.SizeBytes > FileDataListReader.MaxBytes) return long.MaxValue;
        await foreach (var file in FilesAsync(reader, cancellation))
            total += FileDataListHead.FileBytes(file.LengthBytes);
        return total;
    }

    private static async Task WriteHeadAsync(ObjectReader reader, ReplyWriter output, CancellationToken cancellation)
    {
        var fileCount = reader.Object.FileCount;
        var head = new FileDataListHead(fileCount);
        head.WritePreamble(output);
        for (long first = 0; first < fileCount; first += EntriesPerWrite)
        {
            head.WriteOffsets(output, first, (int)Math.Min(EntriesPerWrite, fileCount - first));
            await output.FlushAsync(cancellation);
        }

        await foreach (var file in FilesAsync(reader, cancellation))
        {
            head.WriteTable(output, file.LengthBytes);
            await output.FlushAsync(cancellation);
        }
    }

    private static async Task WriteDataAsync(ObjectReader reader, ReplyWriter output, CancellationToken cancellation)
    {
        await foreach (var file in FilesAsync(reader, cancellation))
        {
            FileDataListHead.WriteLength(output, file.LengthBytes);
            foreach (var segment in file.Segments) await reader.CopySegmentAsync(segment, output, cancellation);
            FileDataListHead.WritePadding(output, file.LengthBytes);
            await output.FlushAsync(cancellation);
        }
    }

    /// <summary>The files with their segments. A file is good until the next one is asked for.</summary>
    private static async IAsyncEnumerable<StoredFile> FilesAsync(
        ObjectReader reader, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var file = new StoredFile([], 0);
        await foreach (var page in reader.SegmentsAsync(cancellation))
        {
            foreach (var segment in page)
            {
                if (segment.StartsFile && file.Segments.Count > 0)
                {
                    yield return file;
                    file.Segments.Clear();
                    file = file with { LengthBytes = 0 };
                }

                file.Segments.Add(segment);
                file = file with { LengthBytes = file.LengthBytes + segment.LengthBytes };
            }
        }

        if (file.Segments.Count > 0) yield return file;
    }

    private readonly record struct StoredFile(List<Segment> Segments, long LengthBytes);
}
