using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>
/// An unbounded first-in-first-out queue for many producers and one consumer at a time, without locks on the way.
/// It is a ring that is used again and again while the consumer keeps up, so a message costs no allocation; a ring
/// that runs full is frozen and a ring of twice its size is chained behind it.
/// </summary>
/// <remarks>
/// Each slot carries a sequence number: <c>position</c> means free for the producer of that position,
/// <c>position + 1</c> means filled. A producer first takes a position with an atomic operation and then fills the
/// slot, so <see cref="IsEmpty"/>, which compares positions, never misses a message whose producer has taken its
/// position: this is what makes a mailbox's check before it goes idle safe.
/// </remarks>
internal sealed class MpscQueue
{
    private const int FirstSlots = 16;

    // Rings stay below the size (85,000 bytes) from which the runtime puts arrays into the large object heap.
    private const int MostSlots = 2048;

    private readonly Lock _growing = new();
    private Ring _head;
    private volatile Ring _tail;

    public MpscQueue() => _head = _tail = new Ring(FirstSlots);

    /// <summary>True only when every message whose position was taken before the call has been taken out.</summary>
    public bool IsEmpty => ReferenceEquals(Volatile.Read(ref _head), _tail) && _tail.IsEmpty;

    /// <summary>A snapshot.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            for (var ring = Volatile.Read(ref _head); ring is not null; ring = ring.Next) count += ring.Count;
            return count;
        }
    }

    public void Enqueue(in Envelope envelope)
    {
        while (true)
        {
            var tail = _tail;
            if (tail.TryEnqueue(envelope)) return;
            Grow(tail);
        }
    }

    /// <summary>Called by one thread at a time.</summary>
    public bool TryDequeue(out Envelope envelope)
    {
        while (true)
        {
            var head = _head;
            if (head.TryDequeue(out envelope)) return true;
            if (head.Next is not { } next) return false;

            // The ring was frozen before its successor appeared, so once it is empty it stays so.
            if (head.TryDequeue(out envelope)) return true;
            Volatile.Write(ref _head, next);
        }
    }

    private void Grow(Ring full)
    {
        lock (_growing)
        {
            if (!ReferenceEquals(full, _tail)) return;
            full.Freeze();
            var next = new Ring(Math.Min(full.Slots * 2, MostSlots));
            full.Next = next;
            _tail = next;
        }
    }

    private struct Slot
    {
        public Envelope Item;
        public int Sequence;
    }

    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Positions
    {
        [FieldOffset(64)]
        public int Head;

        [FieldOffset(128)]
        public int Tail;
    }

    private sealed class Ring
    {
        private readonly Slot[] _slots;
        private readonly int _mask;
        private Positions _positions;
        private int _frozen;
        private volatile Ring? _next;

        public Ring(int slots)
        {
            _slots = new Slot[slots];
            _mask = slots - 1;
            for (var i = 0; i < slots; i++) _slots[i].Sequence = i;
        }

        public int Slots => _slots.Length;

        public Ring? Next
        {
            get => _next;
            set => _next = value;
        }

        public bool IsEmpty => Count == 0;

        public int Count
        {
            get
            {
                var head = Volatile.Read(ref _positions.Head);
                return Math.Max(0, Tail() - head);
            }
        }

        public bool TryEnqueue(in Envelope envelope)
        {
            var slots = _slots;
            while (true)
            {
                var position = Volatile.Read(ref _positions.Tail);
                ref var slot = ref slots[position & _mask];
                var difference = Volatile.Read(ref slot.Sequence) - position;
                if (difference == 0)
                {
                    if (Interlocked.CompareExchange(ref _positions.Tail, position + 1, position) != position) continue;
                    slot.Item = envelope;
                    Volatile.Write(ref slot.Sequence, position + 1);
                    return true;
                }

                if (difference < 0) return false;
            }
        }

        public bool TryDequeue(out Envelope envelope)
        {
            var position = _positions.Head;
            ref var slot = ref _slots[position & _mask];
            if (Volatile.Read(ref slot.Sequence) != position + 1)
            {
                if (Tail() == position)
                {
                    envelope = default;
                    return false;
                }

                WaitUntilFilled(ref slot, position + 1);
            }

            envelope = slot.Item;
            slot.Item = default;
            Volatile.Write(ref _positions.Head, position + 1);
            Volatile.Write(ref slot.Sequence, position + _slots.Length);
            return true;
        }

        /// <summary>Moves the tail out of reach, so that no producer finds a free slot from now on.</summary>
        public void Freeze()
        {
            Volatile.Write(ref _frozen, 1);
            Interlocked.Add(ref _positions.Tail, _slots.Length * 2);
        }

        // The producer has taken its position and is about to write the message: a few instructions.
        private static void WaitUntilFilled(ref Slot slot, int filled)
        {
            var spinner = default(SpinWait);
            while (Volatile.Read(ref slot.Sequence) != filled) spinner.SpinOnce(sleep1Threshold: -1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private int Tail()
        {
            var tail = Volatile.Read(ref _positions.Tail);
            if (_frozen == 0) return tail;
            return FrozenTail();
        }

        // Between the flag and the addition the tail is still the plain one; both readings tell which it is.
        private int FrozenTail()
        {
            var tail = Volatile.Read(ref _positions.Tail);
            var head = Volatile.Read(ref _positions.Head);
            return tail - head > _slots.Length ? tail - (_slots.Length * 2) : tail;
        }
    }
}
