using System.Buffers;
using System.Collections.Concurrent;

namespace Ciaos.Actors.Objects;

/// <summary>
/// The memory of all uploads: buffers of up to one chunk, reused, and never more bytes of them at once than the budget.
/// Whoever asks beyond it waits, which stops the reading of its socket.
/// </summary>
/// <remarks>No deadlock: a reservation that is being filled waits only for its client, which the front end cuts off
/// when
/// it stalls; one on its way to disk waits only for the volume; nobody waits for a second one while filling the
/// first.</remarks>
internal sealed class ChunkBuffers(int chunkBytes, long budgetBytes)
{
    /// <summary>Above this the shared array pool would round up too far, so whole chunks are handed out.</summary>
    private const int MaxSharedBytes = 1024 * 1024;
    private const int MaxIdleChunks = 8;

    private readonly ConcurrentQueue<byte[]> _idleChunks = new();
    private readonly LinkedList<(int Bytes, TaskCompletionSource Granted)> _waiting = new();
    private readonly Lock _gate = new();
    private long _freeBytes = Math.Max(budgetBytes, chunkBytes);

    public int ChunkBytes => chunkBytes;

    /// <summary>A buffer of at least <paramref name="bytes"/>, at most one chunk. Its content is undefined. To be
    /// covered by a reservation.</summary>
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

    /// <summary>Waits until that much of the budget is free, and takes it.</summary>
    public ValueTask ReserveAsync(int bytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            // Those who already wait go first, or a large request would starve.
            if (_waiting.Count == 0 && _freeBytes >= bytes)
            {
                _freeBytes -= bytes;
                return ValueTask.CompletedTask;
            }

            var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var node = _waiting.AddLast((bytes, granted));
            return new ValueTask(WaitAsync(node, cancellation));
        }
    }

    private async Task WaitAsync(
        LinkedListNode<(int Bytes, TaskCompletionSource Granted)> node, CancellationToken cancellation)
    {
        await using var registration = cancellation.Register(() =>
        {
            lock (_gate)
            {
                if (node.List is null) return;
                _waiting.Remove(node);
            }

            node.Value.Granted.TrySetCanceled(cancellation);
            Release(0);
        });
        await node.Value.Granted.Task;
    }

    /// <summary>Gives a part of the budget back.</summary>
    public void Release(int bytes)
    {
        lock (_gate)
        {
            _freeBytes += bytes;
            while (_waiting.First is { } first && _freeBytes >= first.Value.Bytes)
            {
                _freeBytes -= first.Value.Bytes;
                _waiting.RemoveFirst();
                first.Value.Granted.TrySetResult();
            }
        }
    }
}
