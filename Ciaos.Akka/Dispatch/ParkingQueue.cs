using System.Diagnostics.CodeAnalysis;

namespace Akka.Dispatch;

/// <summary>
/// A queue whose takers sleep while it is empty. They do not spin first, as those of the framework do: who waits here
/// waits for a disk or for a client, mostly for longer than spinning lasts, and it takes the processor from those who
/// have work.
/// </summary>
internal sealed class ParkingQueue<T>
{
    private readonly Queue<T> _items = new();
    private int _parked;
    private bool _isClosed;

    /// <summary>False: it is closed.</summary>
    public bool TryAdd(T item)
    {
        lock (_items)
        {
            if (_isClosed) return false;
            _items.Enqueue(item);
            if (_parked > 0) Monitor.Pulse(_items);
        }

        return true;
    }

    /// <summary>Waits for the next one. False: it is closed, and empty.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item)
    {
        lock (_items)
        {
            while (!_items.TryDequeue(out item))
            {
                if (_isClosed) return false;
                _parked++;
                Monitor.Wait(_items);
                _parked--;
            }
        }

        return true;
    }

    /// <summary>What is in it is still taken.</summary>
    public void Close()
    {
        lock (_items)
        {
            _isClosed = true;
            Monitor.PulseAll(_items);
        }
    }
}
