using Ciaos.Client.Batch;
using Ciaos.Client.Http;

namespace Ciaos.Client;

/// <summary>
/// The files of a key, one behind the other, however large they are; <see cref="Lengths"/> tells where each one ends.
/// A connection that breaks is not taken up again: the read fails with <see cref="CiaosError.BrokenTransfer"/>.
/// </summary>
public sealed class FilesStream : Stream
{
    private readonly Transport _transport;
    private readonly FrameStream _frames;
    private readonly string _key;
    private long _position;
    private bool _isWhole;

    private FilesStream(Transport transport, FrameStream frames, string key, long[] lengths, long bytes)
    {
        (_transport, _frames, _key) = (transport, frames, key);
        (Lengths, Length) = (lengths, bytes);
    }

    /// <summary>Bytes of each file, in order.</summary>
    public IReadOnlyList<long> Lengths { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    /// <summary>Bytes of all files together.</summary>
    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <exception cref="CiaosException">The bytes do not come, or not all of them.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (buffer.IsEmpty || _isWhole) return 0;
        _frames.Resume();
        try
        {
            if (_position == Length) return await EndAsync().ConfigureAwait(false);
            var count = await _frames.ReadAsync(buffer[..(int)Math.Min(buffer.Length, Length - _position)])
                .ConfigureAwait(false);
            _position += count;
            return count;
        }
        catch (Exception error) when (Transport.IsTransportFailure(error, cancellationToken))
        {
            throw _transport.Explain(_key, error);
        }
        finally
        {
            _frames.Suspend();
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

    /// <param name="cancellation">Ends reading too.</param>
    internal static async Task<FilesStream> OpenAsync(
        Transport transport, string key, CancellationToken cancellation)
    {
        var frames = await FrameStream.OpenAsync(transport, [Target.Checked(key)], false, cancellation)
            .ConfigureAwait(false);
        try
        {
            var frame = await frames.ReadFrameAsync().ConfigureAwait(false);
            if (frame.Kind != Frame.KindObject || frame.FileCount > Array.MaxLength / Frame.LengthBytes)
                throw new InvalidDataException($"A frame of {frame.FileCount} files came");
            if (frame.Second != 200) throw await RefusalAsync(frames, frame, key).ConfigureAwait(false);
            var lengths = await frames.ReadLengthsAsync(frame).ConfigureAwait(false);
            frames.Suspend();
            return new FilesStream(transport, frames, key, lengths, frame.BodyBytes);
        }
        catch (Exception error)
        {
            frames.Dispose();
            if (error is InvalidDataException)
                throw new CiaosException(CiaosError.BrokenTransfer, error.Message, key, cause: error);
            if (Transport.IsTransportFailure(error, cancellation)) throw transport.Explain(key, error);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _frames.Dispose();
        base.Dispose(disposing);
    }

    private static async Task<CiaosException> RefusalAsync(FrameStream frames, Frame frame, string key)
    {
        var text = new byte[Math.Min(frame.BodyBytes, 4096)];
        await frames.ReadExactlyAsync(text).ConfigureAwait(false);
        return Refusals.Make(frame.Second, System.Text.Encoding.UTF8.GetString(text), key, frames.RequestId);
    }

    /// <summary>Only the frame of the end says that all was sent.</summary>
    private async ValueTask<int> EndAsync()
    {
        var frame = await _frames.ReadFrameAsync().ConfigureAwait(false);
        if (frame.Kind != Frame.KindEnd)
            throw new CiaosException(CiaosError.BrokenTransfer, "The batch goes on behind its end", _key);
        _isWhole = true;
        return 0;
    }
}
