using System.Buffers;
using System.IO.Pipelines;

namespace Ciaos.Http.Quotas;

/// <summary>A body of unannounced length: takes room for its bytes when they are first seen.</summary>
internal sealed class CountedBody(PipeReader source, QuotaHold hold) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;
    private long _countedAheadBytes;

    /// <exception cref="QuotaExceededException">There is no room for what has come.</exception>
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(cancellationToken);
        Count(read);
        return read;
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!source.TryRead(out result)) return false;
        Count(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_buffer.IsEmpty) _countedAheadBytes -= _buffer.Slice(_buffer.Start, consumed).Length;

        // From here on the memory may serve the next read.
        _buffer = default;
        source.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => source.CancelPendingRead();

    public override void Complete(Exception? exception = null) => source.Complete(exception);

    private void Count(ReadResult read)
    {
        try
        {
            hold.Take(read.Buffer.Length - _countedAheadBytes);
        }
        catch
        {
            // The server must be able to read on: it looks for the next request behind this body.
            source.AdvanceTo(read.Buffer.End);
            throw;
        }

        (_buffer, _countedAheadBytes) = (read.Buffer, read.Buffer.Length);
    }
}
