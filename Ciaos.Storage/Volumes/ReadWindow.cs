using System.Buffers;
using Ciaos.Storage.Disks;

namespace Ciaos.Storage.Volumes;

/// <summary>Forward reading of a file through one buffer, so that a scan needs few calls and little memory.</summary>
/// <param name="endBytes">Zeros are read from the file's end up to here.</param>
internal sealed class ReadWindow(IDiskFile file, long endBytes) : IDisposable
{
    public const int Bytes = 256 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(Bytes);
    private long _start;
    private int _count;

    /// <summary>The bytes at a place, valid until the next call: fewer than asked for only at the end.</summary>
    /// <param name="count">0 to <see cref="Bytes"/>.</param>
    public ReadOnlySpan<byte> Get(long offsetBytes, int count)
    {
        if (offsetBytes < _start || offsetBytes + count > _start + _count)
        {
            _start = offsetBytes;
            _count = file.Read(offsetBytes, _buffer.AsSpan(0, Bytes));
            var zeros = (int)Math.Clamp(endBytes - offsetBytes - _count, 0, Bytes - _count);
            _buffer.AsSpan(_count, zeros).Clear();
            _count += zeros;
        }

        var at = (int)(offsetBytes - _start);
        return _buffer.AsSpan(at, Math.Min(count, _count - at));
    }

    /// <summary>What is at hand from a place on, without reading more than needed: at least
    /// <paramref name="minimum"/> bytes where there are so many.</summary>
    public ReadOnlySpan<byte> GetRest(long offsetBytes, int minimum)
    {
        Get(offsetBytes, minimum);
        return _buffer.AsSpan((int)(offsetBytes - _start), _count - (int)(offsetBytes - _start));
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
