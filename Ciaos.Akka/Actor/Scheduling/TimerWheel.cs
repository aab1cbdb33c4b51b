namespace Akka.Actor.Internal;

/// <summary>An entry of a <see cref="TimerWheel"/>, and the node of the list that it lies in.</summary>
internal abstract class WheelTimeout
{
    private TimerWheel? _wheel;

    internal WheelTimeout? Previous { get; set; }

    internal WheelTimeout? Next { get; set; }

    /// <summary>The tick at which it is due; says in which slot it lies.</summary>
    internal long DueTick { get; set; }

    /// <summary>0 means once.</summary>
    internal long IntervalTicks { get; set; }

    internal bool IsLinked { get; set; }

    internal bool IsRemoved { get; set; }

    internal TimerWheel Wheel
    {
        set => _wheel = value;
    }

    public virtual bool IsCancelled => false;

    public abstract void Fire();

    public void Remove() => _wheel?.Remove(this);
}

/// <summary>
/// A hashed wheel: time is cut into ticks, and an entry lies in the slot of its tick modulo the wheel's size. Adding
/// and removing are a link in a list under the slot's own lock, whatever the number of entries.
/// </summary>
internal sealed class TimerWheel
{
    private readonly Slot[] _slots;
    private readonly int _mask;
    private long _processedTick;
    private long _count;

    /// <param name="slots">A power of two.</param>
    public TimerWheel(int slots)
    {
        _slots = new Slot[slots];
        _mask = slots - 1;
        for (var i = 0; i < slots; i++) _slots[i] = new Slot();
    }

    public long Count => Interlocked.Read(ref _count);

    public long ProcessedTick => Interlocked.Read(ref _processedTick);

    public void Add(WheelTimeout timeout, long dueTick)
    {
        timeout.Wheel = this;
        Interlocked.Increment(ref _count);
        while (true)
        {
            // A tick that is over would only be looked at after a whole turn of the wheel.
            dueTick = Math.Max(dueTick, ProcessedTick + 1);
            var slot = _slots[dueTick & _mask];
            lock (slot)
            {
                if (dueTick <= ProcessedTick) continue;
                timeout.DueTick = dueTick;
                if (timeout.IsRemoved)
                {
                    Interlocked.Decrement(ref _count);
                    return;
                }

                slot.Link(timeout);
                return;
            }
        }
    }

    public void Remove(WheelTimeout timeout)
    {
        while (true)
        {
            var tick = timeout.DueTick;
            var slot = _slots[tick & _mask];
            lock (slot)
            {
                // It was moved to another tick while this thread waited for the lock.
                if (timeout.DueTick != tick) continue;
                timeout.IsRemoved = true;
                if (!timeout.IsLinked) return;
                slot.Unlink(timeout);
                Interlocked.Decrement(ref _count);
                return;
            }
        }
    }

    /// <summary>Fires what is due up to and including the tick. Called by one thread at a time.</summary>
    public void AdvanceTo(long tick, List<WheelTimeout> due, Action<WheelTimeout> fire)
    {
        // After a long pause each slot has to be looked at once, not once per tick that has passed.
        var from = Math.Max(ProcessedTick + 1, tick - _mask);
        for (var current = from; current <= tick; current++)
        {
            var slot = _slots[current & _mask];
            lock (slot)
            {
                slot.TakeDue(current, due);
                Interlocked.Exchange(ref _processedTick, current);
            }

            foreach (var timeout in due) Fire(timeout, fire);
            due.Clear();
        }
    }

    /// <summary>Takes out everything, due or not.</summary>
    public IReadOnlyList<WheelTimeout> Clear()
    {
        var all = new List<WheelTimeout>();
        foreach (var slot in _slots)
        {
            lock (slot) slot.TakeDue(long.MaxValue, all);
        }

        Interlocked.Add(ref _count, -all.Count);
        return all;
    }

    private void Fire(WheelTimeout timeout, Action<WheelTimeout> fire)
    {
        Interlocked.Decrement(ref _count);
        if (timeout.IsRemoved || timeout.IsCancelled) return;
        fire(timeout);
        if (timeout.IntervalTicks > 0 && !timeout.IsRemoved && !timeout.IsCancelled)
        {
            Add(timeout, timeout.DueTick + timeout.IntervalTicks);
        }
    }

    private sealed class Slot
    {
        private WheelTimeout? _first;

        public void Link(WheelTimeout timeout)
        {
            timeout.Next = _first;
            timeout.Previous = null;
            if (_first is not null) _first.Previous = timeout;
            _first = timeout;
            timeout.IsLinked = true;
        }

        public void Unlink(WheelTimeout timeout)
        {
            if (timeout.Previous is { } previous) previous.Next = timeout.Next;
            else _first = timeout.Next;
            if (timeout.Next is { } next) next.Previous = timeout.Previous;
            timeout.Next = timeout.Previous = null;
            timeout.IsLinked = false;
        }

        public void TakeDue(long tick, List<WheelTimeout> due)
        {
            var start = due.Count;
            for (var timeout = _first; timeout is not null;)
            {
                var next = timeout.Next;
                if (timeout.DueTick <= tick || timeout.IsCancelled)
                {
                    Unlink(timeout);
                    due.Add(timeout);
                }

                timeout = next;
            }

            // They lie in the list newest first, and are to fire in the order in which they were added.
            due.Reverse(start, due.Count - start);
        }
    }
}
