using System.Buffers;
using System.IO.Pipelines;

namespace Ciaos.Http;

/// <summary>
/// Stands before a response's pipe for two reasons. The first <see cref="FlushBytes"/> of a body are held back until
/// they have all been read and verified: what fails until then is answered with an error instead of half a body. And
/// many small writes share one flush.
/// </summary>
internal sealed class ReplyWriter(PipeWriter output) : PipeWriter, IDisposable
{
    public const int FlushBytes = 64 * 1024;

    private byte[]? _held = [];
    private int _heldBytes;
    private int _unflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_held is null) return output.GetMemory(sizeHint);
        var wanted = _heldBytes + Math.Max(sizeHint, 1);
        if (wanted > _held.Length) Grow(wanted);
        return _held.AsMemory(_heldBytes);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (_held is null)
        {
            output.Advance(bytes);
            _unflushedBytes += bytes;
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _held.Length - _heldBytes);
            _heldBytes += bytes;
        }
    }

    /// <summary>Sends nothing until enough has come together.</summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_heldBytes + _unflushedBytes < FlushBytes) return ValueTask.FromResult(default(FlushResult));
        PassOn();
        _unflushedBytes = 0;
        return output.FlushAsync(cancellationToken);
    }

    /// <summary>The body is whole: what is left of it is sent. An answer that has not begun is left for the server to
    /// send with its head, in one piece.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellation)
    {
        var hasBegun = _held is null;
        PassOn();
        if (hasBegun && _unflushedBytes > 0) await output.FlushAsync(cancellation);
    }

    public override void CancelPendingFlush() => output.CancelPendingFlush();

    public override void Complete(Exception? exception = null) =>
        throw new NotSupportedException("The response is the server's to end");

    public void Dispose()
    {
        if (_held is { Length: > 0 }) ArrayPool<byte>.Shared.Return(_held);
        _held = [];
        _heldBytes = 0;
    }

    private void PassOn()
    {
        if (_held is null) return;
        output.Write(_held.AsSpan(0, _heldBytes));
        Dispose();
        _held = null;
    }

    private void Grow(int wanted)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, _held!.Length * 2));
        _held.AsSpan(0, _heldBytes).CopyTo(larger);
        if (_held.Length > 0) ArrayPool<byte>.Shared.Return(_held);
        _held = larger;
    }
}
