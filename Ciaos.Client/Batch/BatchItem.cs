using System.Buffers;

namespace Ciaos.Client;

/// <summary>
/// One object of a batch. Its bytes lie in a pooled buffer: dispose of the item when they are no longer needed, and do
/// not touch them after. An item that is never disposed of costs the pool a buffer, and nothing else.
/// </summary>
public sealed class BatchItem : IDisposable
{
    private readonly ReadOnlyMemory<byte>[] _files;
    private byte[]? _buffer;

    internal BatchItem(
        long index, string key, int status, ReadOnlyMemory<byte>[] files, byte[]? buffer, CiaosException? error)
    {
        (Index, Key, Status, _files, _buffer, Error) = (index, key, status, files, buffer, error);
    }

    /// <summary>Which of the keys that were asked for, from 0.</summary>
    public long Index { get; }

    public string Key { get; }

    /// <summary>As the single request would have been answered: 200, 404, …</summary>
    public int Status { get; }

    /// <summary>Null where the object is here.</summary>
    public CiaosException? Error { get; }

    public bool IsFound => Error is null;

    /// <summary>The files in order; throws <see cref="Error"/> where there is one.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Files
    {
        get
        {
            if (Error is not null) throw Error;
            ObjectDisposedException.ThrowIf(_buffer is null, this);
            return _files;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { Length: > 0 } buffer) ArrayPool<byte>.Shared.Return(buffer);
    }
}
