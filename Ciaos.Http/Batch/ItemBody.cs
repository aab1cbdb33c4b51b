using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;
using Ciaos.Actors.Objects;
using Ciaos.Storage.FlatBuffers;
using Ciaos.Storage.Volumes;

namespace Ciaos.Http.Batch;

/// <summary>
/// One object of a <c>/batch/put</c> on its way out of the request's stream, as volumes keep it: one file as it is,
/// several as a FlatBuffers list, which the index can be made anew from (docs/formats.md). It is read whole in any
/// case, so that the next frame is found, also where nobody wants it any longer.
/// </summary>
internal sealed class ItemBody
{
    private const int FilesPerWrite = 4096;

    // What waits here is not part of ciaos.objects.upload-memory: little, and of one object at a time.
    private static readonly PipeOptions Options = new(
        pauseWriterThreshold: 128 * 1024, resumeWriterThreshold: 64 * 1024, useSynchronizationContext: false);

    private readonly PutFrameReader _frames;
    private readonly PutItem _item;
    private readonly Pipe _pipe = new(Options);
    private bool _isUnwanted;

    private ItemBody(PutFrameReader frames, PutItem item)
    {
        (_frames, _item) = (frames, item);
        WhenRead = ReadAsync();
    }

    public PipeReader Reader => _pipe.Reader;

    /// <summary>Of all that <see cref="Reader"/> gives.</summary>
    public long LengthBytes => IsList(_item) ? ListBytes(_item.LengthBytes) : _item.BodyBytes;

    /// <summary>Ends when the request's stream stands at the next frame.</summary>
    /// <exception cref="RequestRefusedException">The stream was cut.</exception>
    public Task WhenRead { get; }

    public static BodyFormat FormatOf(PutItem item) => IsList(item) ? BodyFormat.FileDataList : BodyFormat.Raw;

    public static ItemBody Begin(PutFrameReader frames, PutItem item) => new(frames, item);

    /// <summary>How long a FlatBuffers list of such files is.</summary>
    public static long ListBytes(IReadOnlyList<long> lengthBytes)
    {
        var bytes = FileDataListHead.HeadBytes(lengthBytes.Count);
        foreach (var length in lengthBytes)
        {
            // Beyond it no list is possible, and the sum could overflow.
            if (length > FileDataListReader.MaxBytes) return long.MaxValue;
            bytes += FileDataListHead.FileBytes(length);
        }

        return bytes;
    }

    public static ImmutableArray<Segment> Segments(PutItem item, StoredBody stored)
    {
        var segments = ImmutableArray.CreateBuilder<Segment>(item.LengthBytes.Count);
        var offsetBytes = IsList(item) ? FileDataListHead.HeadBytes(item.LengthBytes.Count) : 0;
        var beforeBytes = IsList(item) ? FileDataListHead.FileBytes(0) : 0;
        foreach (var length in item.LengthBytes)
        {
            stored.AddSegments(segments, offsetBytes + beforeBytes, length);
            offsetBytes += FileDataListHead.FileBytes(length);
        }

        return segments.DrainToImmutable();
    }

    /// <summary>Nothing of it is wanted any longer; waits until the stream stands at the next frame.</summary>
    /// <exception cref="RequestRefusedException">The stream was cut.</exception>
    public async Task EndAsync()
    {
        await _pipe.Reader.CompleteAsync();
        await WhenRead;
    }

    private static bool IsList(PutItem item) => item.LengthBytes.Count > 1;

    private async Task ReadAsync()
    {
        try
        {
            if (IsList(_item)) await ReadListAsync();
            else await _frames.ReadAsync(_item.BodyBytes, WriteAsync);
            await _pipe.Writer.CompleteAsync();
        }
        catch (Exception failure)
        {
            await _pipe.Writer.CompleteAsync(failure);
            throw;
        }
    }

    private async Task ReadListAsync()
    {
        var (lengths, writer) = (_item.LengthBytes, _pipe.Writer);
        var head = new FileDataListHead(lengths.Count);
        head.WritePreamble(writer);
        for (var first = 0; first < lengths.Count && !_isUnwanted; first += FilesPerWrite)
        {
            head.WriteOffsets(writer, first, Math.Min(FilesPerWrite, lengths.Count - first));
            await FlushAsync();
        }

        for (var i = 0; i < lengths.Count && !_isUnwanted; i++)
        {
            head.WriteTable(writer, lengths[i]);
            if (i % FilesPerWrite == 0) await FlushAsync();
        }

        foreach (var length in lengths)
        {
            if (!_isUnwanted) FileDataListHead.WriteLength(writer, length);
            await _frames.ReadAsync(length, WriteAsync);
            if (!_isUnwanted) FileDataListHead.WritePadding(writer, length);
            await FlushAsync();
        }
    }

    private ValueTask WriteAsync(ReadOnlySequence<byte> bytes)
    {
        if (_isUnwanted) return ValueTask.CompletedTask;
        foreach (var part in bytes) _pipe.Writer.Write(part.Span);
        return FlushAsync();
    }

    private async ValueTask FlushAsync()
    {
        if (_isUnwanted) return;
        var flushed = await _pipe.Writer.FlushAsync();
        _isUnwanted = flushed.IsCompleted;
    }
}
