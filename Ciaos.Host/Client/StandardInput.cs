namespace Ciaos.Host.Client;

/// <summary>The process's standard input, of which one can stop to wait: the system's read of a pipe or a terminal ends
/// only when something comes, or its other side is closed, and Ctrl-C does neither.</summary>
internal sealed class StandardInput : Stream
{
    private const int BufferBytes = 128 * 1024;

    private readonly Stream _input = Console.OpenStandardInput();

    /// <summary>Of our own: a read that nobody waits for any more may still write into it.</summary>
    private readonly byte[] _buffer = new byte[BufferBytes];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>After a cancelled read the stream is of no more use.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = Math.Min(buffer.Length, BufferBytes);
        var read = Task.Run(() => _input.Read(_buffer, 0, wanted), cancellationToken);
        var count = await read.WaitAsync(cancellationToken);
        _buffer.AsSpan(0, count).CopyTo(buffer.Span);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => _input.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _input.Dispose();
        base.Dispose(disposing);
    }
}
