using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Ciaos.Storage;
using Ciaos.Storage.FlatBuffers;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Batch;

/// <summary>Reads the frames of a <c>/batch/put</c> as they come, and believes nothing of them. Memory is taken for
/// what has come, never for what was only announced.</summary>
/// <param name="maxItems">More are refused.</param>
/// <param name="maxFiles">Of one object.</param>
internal sealed class PutFrameReader(PipeReader body, int maxItems, int maxFiles, CancellationToken cancellation)
{
    private int _items;

    /// <summary>The next object; null behind the last one. All bytes of the one before must have been read.</summary>
    /// <exception cref="RequestRefusedException">It is malformed or cut (400), or there are too many (413).</exception>
    public async ValueTask<PutItem?> NextAsync()
    {
        var frame = await ReadHeadAsync();
        if (frame.Kind == FrameKind.End)
        {
            await ExpectEndAsync();
            return null;
        }

        if (_items == maxItems) throw BatchGetRequest.TooMany(maxItems);
        var index = _items++;
        var (key, keyError) = await ReadKeyAsync(frame.KeyBytes);
        var lengths = await ReadLengthsAsync(frame);
        var refusal = keyError is null ? Objection(frame, lengths) : Refuse(StatusCodes.Status400BadRequest, keyError);
        return new PutItem(index, frame.Mode, key, refusal is null ? lengths : [], frame.BodyBytes, refusal);
    }

    /// <summary>Reads some of an object's bytes.</summary>
    /// <param name="take">Is given them piece by piece.</param>
    public async ValueTask ReadAsync(long count, Func<ReadOnlySequence<byte>, ValueTask> take)
    {
        while (count > 0)
        {
            var read = await body.ReadAsync(cancellation);
            var part = read.Buffer.Slice(0, Math.Min(count, read.Buffer.Length));
            if (part.IsEmpty && read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.End);
                throw Cut();
            }

            count -= part.Length;
            try
            {
                await take(part);
            }
            finally
            {
                body.AdvanceTo(part.End);
            }
        }
    }

    public ValueTask SkipAsync(long count) => ReadAsync(count, _ => ValueTask.CompletedTask);

    private static PutResult Refuse(int status, string text) => new(status, text);

    private async ValueTask<PutFrame> ReadHeadAsync()
    {
        var read = await body.ReadAtLeastAsync(PutFrame.HeadBytes, cancellation);
        if (read.Buffer.Length < PutFrame.HeadBytes)
        {
            body.AdvanceTo(read.Buffer.End);
            throw Cut();
        }

        var frame = Head(read.Buffer, out var error);
        body.AdvanceTo(read.Buffer.GetPosition(PutFrame.HeadBytes));
        return error is null ? frame : throw Malformed(error);
    }

    private static PutFrame Head(in ReadOnlySequence<byte> buffer, out string? error)
    {
        Span<byte> head = stackalloc byte[PutFrame.HeadBytes];
        buffer.Slice(0, PutFrame.HeadBytes).CopyTo(head);
        return PutFrame.Read(head, out error);
    }

    private async ValueTask<(ObjectKey Key, string? Error)> ReadKeyAsync(int count)
    {
        var read = await body.ReadAtLeastAsync(count, cancellation);
        if (read.Buffer.Length < count)
        {
            body.AdvanceTo(read.Buffer.End);
            throw Cut();
        }

        var isKey = Key(read.Buffer.Slice(0, count), out var key, out var error);
        body.AdvanceTo(read.Buffer.GetPosition(count));
        return (key, isKey ? null : error);
    }

    private static bool Key(in ReadOnlySequence<byte> buffer, out ObjectKey key, out string error)
    {
        Span<byte> text = stackalloc byte[(int)buffer.Length];
        buffer.CopyTo(text);
        return BatchKeys.TryRead(text, out key, out error);
    }

    /// <summary>Of more files than are allowed they are added up all the same: the frame must be right.</summary>
    private async ValueTask<List<long>> ReadLengthsAsync(PutFrame frame)
    {
        var lengths = new List<long>();
        var leftBytes = frame.BodyBytes;
        for (var left = (long)frame.FileCount; left > 0;)
        {
            var read = await body.ReadAtLeastAsync(PutFrame.LengthBytes, cancellation);
            var whole = Math.Min(left, read.Buffer.Length / PutFrame.LengthBytes);
            var isRight = whole > 0 && Add(read.Buffer.Slice(0, whole * PutFrame.LengthBytes), lengths, ref leftBytes);
            body.AdvanceTo(read.Buffer.GetPosition(whole * PutFrame.LengthBytes));
            if (whole == 0) throw Cut();
            if (!isRight) throw Malformed("the files of an object have more bytes than its frame says");
            left -= whole;
        }

        return leftBytes == 0
            ? lengths
            : throw Malformed("the files of an object have fewer bytes than its frame says");
    }

    private bool Add(in ReadOnlySequence<byte> buffer, List<long> lengths, ref long leftBytes)
    {
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryReadLittleEndian(out long length))
        {
            if (length < 0 || length > leftBytes) return false;
            leftBytes -= length;
            if (lengths.Count <= maxFiles) lengths.Add(length);
        }

        return true;
    }

    private PutResult? Objection(PutFrame frame, List<long> lengths)
    {
        if (frame.FileCount > maxFiles)
            return Refuse(
                StatusCodes.Status413PayloadTooLarge,
                $"The object has {frame.FileCount} files, at most {maxFiles} are allowed at a time");
        return lengths.Count == 1 || ItemBody.ListBytes(lengths) <= FileDataListReader.MaxBytes
            ? null
            : Refuse(
                StatusCodes.Status413PayloadTooLarge,
                $"Several files in one object have at most {FileDataListReader.MaxBytes} bytes at a time: append the "
                + "rest");
    }

    private async ValueTask ExpectEndAsync()
    {
        var read = await body.ReadAsync(cancellation);
        while (read.Buffer.IsEmpty && !read.IsCompleted)
        {
            body.AdvanceTo(read.Buffer.End);
            read = await body.ReadAsync(cancellation);
        }

        var isEnd = read.Buffer.IsEmpty;
        body.AdvanceTo(read.Buffer.End);
        if (!isEnd) throw Malformed("something follows the end frame");
    }

    private RequestRefusedException Cut() => Malformed("it ends before its end frame");

    private RequestRefusedException Malformed(string why) => new(
        StatusCodes.Status400BadRequest,
        $"The stream is malformed at frame {_items}: {why}. Objects that came whole before may have been stored");
}
