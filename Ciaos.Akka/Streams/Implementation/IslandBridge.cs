using Akka.Streams.Stage;

namespace Akka.Streams.Implementation;

/// <summary>
/// Carries elements from one island to another through a ring of fixed size. The entry, on the producer's actor,
/// pulls as long as there is room; the exit, on the consumer's actor, pushes what there is. Each side is woken by the
/// other only if it said that it waits, so that a busy bridge sends hardly any message. A failure overtakes the
/// elements in the ring; completion does not.
/// </summary>
internal abstract class IslandBridge
{
    public abstract GraphStageLogic Entry { get; }

    public abstract GraphStageLogic Exit { get; }

    public abstract Inlet Inlet { get; }

    public abstract Outlet Outlet { get; }
}

internal sealed class IslandBridge<T> : IslandBridge
{
    private readonly Inlet<T> _inlet = new("Bridge.in") { Id = 0 };
    private readonly Outlet<T> _outlet = new("Bridge.out") { Id = 0 };
    private readonly EntryLogic _entry;
    private readonly ExitLogic _exit;
    private readonly T[] _ring;

    // Written by one side each, read by both. The other fields are flags, each set by one side.
    private long _written;
    private long _read;
    private int _consumerWaits;
    private int _producerWaits;
    private Ending? _end;
    private Exception? _cancellation;
    private Action? _wakeProducer;
    private Action? _wakeConsumer;

    public IslandBridge(int capacity)
    {
        _ring = new T[Math.Max(1, capacity)];
        _entry = new EntryLogic(this);
        _exit = new ExitLogic(this);
    }

    public override GraphStageLogic Entry => _entry;

    public override GraphStageLogic Exit => _exit;

    public override Inlet Inlet => _inlet;

    public override Outlet Outlet => _outlet;

    private bool IsFull => Volatile.Read(ref _written) - Volatile.Read(ref _read) >= _ring.Length;

    private bool IsEmpty => Volatile.Read(ref _written) == Volatile.Read(ref _read);

    private void Write(T element)
    {
        _ring[_written % _ring.Length] = element;
        Volatile.Write(ref _written, _written + 1);
    }

    private T Take()
    {
        var index = _read % _ring.Length;
        var element = _ring[index];
        _ring[index] = default!;
        Volatile.Write(ref _read, _read + 1);
        return element;
    }

    private void WakeConsumerIfWaiting()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _consumerWaits) == 1 && Interlocked.Exchange(ref _consumerWaits, 0) == 1)
            Volatile.Read(ref _wakeConsumer)!();
    }

    private void WakeProducerIfWaiting()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _producerWaits) == 1 && Interlocked.Exchange(ref _producerWaits, 0) == 1)
            Volatile.Read(ref _wakeProducer)!();
    }

    private sealed record Ending(Exception? Failure);

    private sealed class EntryLogic : InGraphStageLogic
    {
        private readonly IslandBridge<T> _bridge;
        private bool _ended;

        public EntryLogic(IslandBridge<T> bridge)
            : base(1, 0)
        {
            _bridge = bridge;
            SetHandler(bridge._inlet, this);
        }

        public override void PreStart()
        {
            Volatile.Write(ref _bridge._wakeProducer, GetAsyncCallback(Continue));
            Interlocked.MemoryBarrier();
            Continue();
        }

        public override void PostStop()
        {
            // The actor was stopped from outside: the other island must not wait for ever.
            if (!_ended) End(new AbruptTerminationException(Interpreter.Self));
        }

        public override void OnPush()
        {
            _bridge.Write(Grab(_bridge._inlet));
            _bridge.WakeConsumerIfWaiting();
            Continue();
        }

        public override void OnUpstreamFinish()
        {
            End(null);
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            End(e);
            FailStage(e);
        }

        public override string ToString() => "IslandBridge.Entry";

        private void End(Exception? failure)
        {
            _ended = true;
            Volatile.Write(ref _bridge._end, new Ending(failure));
            Interlocked.MemoryBarrier();
            Volatile.Read(ref _bridge._wakeConsumer)?.Invoke();
        }

        private void Continue()
        {
            if (IsClosed(_bridge._inlet)) return;
            if (Volatile.Read(ref _bridge._cancellation) is { } cause)
            {
                _ended = true;
                CancelStage(cause);
                return;
            }

            if (HasBeenPulled(_bridge._inlet)) return;
            if (_bridge.IsFull)
            {
                Interlocked.Exchange(ref _bridge._producerWaits, 1);
                if (_bridge.IsFull) return;
                if (Interlocked.Exchange(ref _bridge._producerWaits, 0) == 0) return;
            }

            Pull(_bridge._inlet);
        }
    }

    private sealed class ExitLogic : OutGraphStageLogic
    {
        private readonly IslandBridge<T> _bridge;
        private bool _ended;

        public ExitLogic(IslandBridge<T> bridge)
            : base(0, 1)
        {
            _bridge = bridge;
            SetHandler(bridge._outlet, this);
        }

        public override void PreStart()
        {
            Volatile.Write(ref _bridge._wakeConsumer, GetAsyncCallback(Continue));
            Interlocked.MemoryBarrier();
            Continue();
        }

        public override void PostStop()
        {
            if (!_ended) Cancel(new AbruptTerminationException(Interpreter.Self));
        }

        public override void OnPull() => Continue();

        public override void OnDownstreamFinish(Exception cause)
        {
            Cancel(cause);
            CancelStage(cause);
        }

        public override string ToString() => "IslandBridge.Exit";

        private void Cancel(Exception cause)
        {
            _ended = true;
            Volatile.Write(ref _bridge._cancellation, cause);
            Interlocked.MemoryBarrier();
            Volatile.Read(ref _bridge._wakeProducer)?.Invoke();
        }

        private void Continue()
        {
            if (IsClosed(_bridge._outlet)) return;
            if (Volatile.Read(ref _bridge._end) is { Failure: { } failure })
            {
                _ended = true;
                FailStage(failure);
            }
            else if (IsAvailable(_bridge._outlet))
            {
                PushOrWait();
            }
            else
            {
                CompleteIfDrained();
            }
        }

        private void PushOrWait()
        {
            if (_bridge.IsEmpty)
            {
                if (CompleteIfDrained()) return;
                Interlocked.Exchange(ref _bridge._consumerWaits, 1);
                if (_bridge.IsEmpty) return;
                if (Interlocked.Exchange(ref _bridge._consumerWaits, 0) == 0) return;
            }

            Push(_bridge._outlet, _bridge.Take());

            // A producer that waits is woken once half of the ring is free, not for every element.
            if (Volatile.Read(ref _bridge._written) - _bridge._read <= _bridge._ring.Length / 2)
                _bridge.WakeProducerIfWaiting();
            CompleteIfDrained();
        }

        private bool CompleteIfDrained()
        {
            // The end is read before the ring is found empty: no element comes after the end.
            if (Volatile.Read(ref _bridge._end) is null || !_bridge.IsEmpty) return false;
            _ended = true;
            CompleteStage();
            return true;
        }
    }
}
