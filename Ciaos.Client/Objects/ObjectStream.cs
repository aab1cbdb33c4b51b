using Ciaos.Client.Http;

namespace Ciaos.Client;

/// <summary>
/// An object's bytes, all its files in a row, as they come. When the connection breaks the rest is asked for with
/// <c>Range</c> and <c>If-Match</c>: what is read is one state of the object, and whole, or the read fails with
/// <see cref="CiaosError.BrokenTransfer"/>.
/// </summary>
public sealed class ObjectStream : Stream
{
    private readonly ObjectReads _reads;
    private readonly Transport _transport;
    private readonly long _offset;
    private HttpResponseMessage? _answer;
    private Stream? _body;
    private long _position;
    private int _failures;

    /// <param name="offset">Where in the object the stream begins.</param>
    internal ObjectStream(
        ObjectReads reads, Transport transport, ObjectInfo info, long offset, long lengthBytes,
        HttpResponseMessage? answer)
    {
        (_reads, _transport, _offset, _answer) = (reads, transport, offset, answer);
        (Info, Length) = (info, lengthBytes);
    }

    /// <summary>Of the whole object, also where only a range is read.</summary>
    public ObjectInfo Info { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    /// <summary>Bytes that are read from first to last: of the range, where one was asked for.</summary>
    public override long Length { get; }

    /// <summary>Bytes read so far.</summary>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException("Open the object anew at another offset");
    }

    /// <exception cref="CiaosException">The rest cannot be had.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == Length || buffer.IsEmpty) return 0;
        while (true)
        {
            try
            {
                var count = await ReadOnceAsync(buffer, cancellationToken).ConfigureAwait(false);
                _position += count;
                _failures = 0;
                return count;
            }
            catch (Exception error) when (Transport.IsTransportFailure(error, cancellationToken))
            {
                LetGo();
                if (_failures >= _transport.Options.Retries) throw _transport.Explain(Info.Key, error);
                await _transport.PauseAsync(_failures++, null, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) LetGo();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        using var watchdog = new Watchdog(_transport.Options, cancellation);
        if (_body is null)
        {
            _answer ??= await _reads.ReopenAsync(Info, _offset + _position, Length - _position, cancellation)
                .ConfigureAwait(false);
            _body = await _answer.Content.ReadAsStreamAsync(watchdog.Token).ConfigureAwait(false);
        }

        var left = Length - _position;
        if (buffer.Length > left) buffer = buffer[..(int)left];
        var count = await _body.ReadAsync(buffer, watchdog.Token).ConfigureAwait(false);
        if (count == 0) throw new IOException($"The body ended {left} bytes early");
        return count;
    }

    private void LetGo()
    {
        _body = null;
        _answer?.Dispose();
        _answer = null;
    }
}
