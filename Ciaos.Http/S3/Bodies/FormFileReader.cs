using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Ciaos.Http.S3.Bodies;

/// <summary>Reads a part of a form up to the delimiter that ends it, in the buffers of the server.</summary>
internal sealed class FormFileReader(PipeReader source, string boundary) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;
    private long _heldBytes;
    private bool _isWhole;

    /// <summary>A line end, two hyphens and the boundary (RFC 2046, 5.1.1).</summary>
    public byte[] Delimiter { get; } = Encoding.UTF8.GetBytes("\r\n--" + boundary);

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await source.ReadAsync(cancellationToken);
            if (TryGive(read, out var result)) return result;
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return source.TryRead(out var read) && TryGive(read, out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    // Who has looked at all that was given waits for more than the server has now, and so must this reader.
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var hasSeenAll = !_isWhole && _buffer.Slice(examined).Length <= _heldBytes;
        source.AdvanceTo(consumed, hasSeenAll ? _buffer.End : examined);
        _buffer = default;
    }

    public override void CancelPendingRead() => source.CancelPendingRead();

    public override void Complete(Exception? exception = null) => source.Complete(exception);

    private bool TryGive(ReadResult read, out ReadResult result)
    {
        var buffer = read.Buffer;
        var reader = new SequenceReader<byte>(buffer);
        _isWhole = reader.TryReadTo(out ReadOnlySequence<byte> part, Delimiter, advancePastDelimiter: false);
        if (!_isWhole)
        {
            if (read.IsCompleted)
            {
                source.AdvanceTo(buffer.End);
                throw new S3Exception(S3Error.IncompleteBody);
            }

            // The last bytes may be the beginning of the delimiter.
            part = buffer.Slice(0, Math.Max(0, buffer.Length - Delimiter.Length + 1));
        }

        (_buffer, _heldBytes) = (buffer, buffer.Length - part.Length);
        result = new ReadResult(part, read.IsCanceled, _isWhole);
        if (!part.IsEmpty || _isWhole || read.IsCanceled) return true;
        source.AdvanceTo(buffer.Start, buffer.End);
        return false;
    }
}
