using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Ciaos.Http.S3.Bodies;

/// <summary>Reads the bytes out of the framing of aws-chunked. They are copied once; what is held is at most what the
/// server read ahead.</summary>
internal sealed class AwsChunkedReader(PipeReader source, ChunkDecoder decoder) : PipeReader, IDisposable
{
    private const int SegmentBytes = 32 * 1024;

    // Nothing is written while the reader has bytes left to look at, so that the pipe needs no limit of its own.
    private readonly Pipe _decoded = new(new PipeOptions(
        minimumSegmentSize: SegmentBytes, pauseWriterThreshold: 0, useSynchronizationContext: false));

    /// <summary>The checksum behind the body; null where there was none, or the body has not ended.</summary>
    public byte[]? TrailerChecksum => decoder.TrailerChecksum;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result;
        while (!_decoded.Reader.TryRead(out result)) Decode(await source.ReadAsync(cancellationToken));
        return result;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_decoded.Reader.TryRead(out result)) return true;
        if (!source.TryRead(out var read)) return false;
        Decode(read);
        return _decoded.Reader.TryRead(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => _decoded.Reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        _decoded.Reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => source.CancelPendingRead();

    public override void Complete(Exception? exception = null) => source.Complete(exception);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _decoded.Writer.Complete();
        _decoded.Reader.Complete();
        decoder.Dispose();
    }

    private void Decode(ReadResult read)
    {
        var unread = read.Buffer;
        try
        {
            var consumed = decoder.Decode(unread, read.IsCompleted, _decoded.Writer);
            source.AdvanceTo(consumed, unread.End);
        }
        catch
        {
            source.AdvanceTo(unread.End);
            throw;
        }

        // There is no threshold at which the pipe would wait.
        if (_decoded.Writer.UnflushedBytes > 0) _ = _decoded.Writer.FlushAsync(CancellationToken.None);
        if (read.IsCompleted) _decoded.Writer.Complete();
        if (read.IsCanceled) _decoded.Reader.CancelPendingRead();
    }
}
