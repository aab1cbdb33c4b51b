using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Buffering;

/// <summary>First in, first out, up to a capacity that it is given, but never allocated beyond need.</summary>
internal sealed class BoundedBuffer<T>(int capacity)
{
    private T[] _items = new T[Math.Min(capacity, 16)];
    private int _head;

    public int Count { get; private set; }

    public int Capacity => capacity;

    public bool IsFull => Count >= capacity;

    public bool IsEmpty => Count == 0;

    public void Enqueue(T item)
    {
        if (Count == _items.Length) Grow();
        _items[(_head + Count) % _items.Length] = item;
        Count++;
    }

    public T Dequeue()
    {
        var item = _items[_head];
        _items[_head] = default!;
        _head = (_head + 1) % _items.Length;
        Count--;
        return item;
    }

    public T Peek() => _items[_head];

    public void DropHead() => Dequeue();

    public void DropTail()
    {
        Count--;
        _items[(_head + Count) % _items.Length] = default!;
    }

    public void Clear()
    {
        Array.Clear(_items);
        _head = 0;
        Count = 0;
    }

    private void Grow()
    {
        var grown = new T[(int)Math.Min(Math.Max(4L, 2L * _items.Length), capacity)];
        for (var i = 0; i < Count; i++) grown[i] = _items[(_head + i) % _items.Length];
        _items = grown;
        _head = 0;
    }
}

/// <summary>Decouples demand from supply by up to so many elements.</summary>
internal sealed class Buffer<T>(int size, OverflowStrategy strategy) : LinearStage<T, T>("Buffer")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, size, strategy);

    private sealed class Logic(Buffer<T> stage, int size, OverflowStrategy strategy) : LinearLogic<T, T>(stage)
    {
        private readonly BoundedBuffer<T> _buffer = new(size);

        public override void PreStart() => Pull(In);

        public override void OnPush()
        {
            var element = Grab(In);

            // With demand there is nothing in the buffer that could be overtaken.
            if (IsAvailable(Out)) Push(Out, element);
            else if (!TryEnqueue(element)) return;
            if (strategy != OverflowStrategy.Backpressure || !_buffer.IsFull) Pull(In);
        }

        public override void OnPull()
        {
            if (!_buffer.IsEmpty) Push(Out, _buffer.Dequeue());
            if (IsClosed(In))
            {
                if (_buffer.IsEmpty) CompleteStage();
            }
            else if (!HasBeenPulled(In))
            {
                Pull(In);
            }
        }

        public override void OnUpstreamFinish()
        {
            if (_buffer.IsEmpty) CompleteStage();
        }

        private bool TryEnqueue(T element)
        {
            if (_buffer.IsFull)
            {
                switch (strategy)
                {
                    case OverflowStrategy.DropHead:
                        _buffer.DropHead();
                        break;
                    case OverflowStrategy.DropTail:
                        _buffer.DropTail();
                        break;
                    case OverflowStrategy.DropBuffer:
                        _buffer.Clear();
                        break;
                    case OverflowStrategy.DropNew:
                        return true;
                    case OverflowStrategy.Fail:
                        FailStage(new BufferOverflowException($"Buffer overflow (max capacity was {size})"));
                        return false;
                }
            }

            _buffer.Enqueue(element);
            return true;
        }
    }
}
