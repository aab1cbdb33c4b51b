using System.Buffers;
using System.Collections.Concurrent;

namespace Ciaos.Actors.Objects;

/// <summary>Buffers of up to one chunk, reused. How many bytes of them there may be at once is
/// <see cref="UploadBudget"/>'s to say.</summary>
internal sealed class ChunkBuffers(int chunkBytes)
{
    /// <summary>Above this the shared array pool would round up too far, so whole chunks are handed out.</summary>
    private const int MaxSharedBytes = 1024 * 1024;
    private const int MaxIdleChunks = 8;

    private readonly ConcurrentQueue<byte[]> _idleChunks = new();

    public int ChunkBytes => chunkBytes;

    /// <summary>A buffer of at least <paramref name="bytes"/>, at most one chunk. Its content is undefined.</summary>
    public byte[] Rent(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, chunkBytes);
        if (bytes <= MaxSharedBytes) return ArrayPool<byte>.Shared.Rent(bytes);
        return _idleChunks.TryDequeue(out var idle)
            ? idle
            : GC.AllocateUninitializedArray<byte>(chunkBytes, pinned: true);
    }

    /// <param name="bytes">What was asked for.</param>
    public void Return(byte[] buffer, int bytes)
    {
        if (bytes <= MaxSharedBytes) ArrayPool<byte>.Shared.Return(buffer);
        else if (_idleChunks.Count < MaxIdleChunks) _idleChunks.Enqueue(buffer);
    }
}
