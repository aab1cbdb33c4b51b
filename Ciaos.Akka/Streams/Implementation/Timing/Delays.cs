using Akka.Streams.Implementation.Buffering;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Timing;

/// <summary>Holds demand back for a while at the start.</summary>
internal sealed class InitialDelay<T>(TimeSpan delay) : LinearStage<T, T>("InitialDelay")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, delay);

    private sealed class Logic(InitialDelay<T> stage, TimeSpan delay) : LinearTimerLogic<T, T>(stage)
    {
        private bool _isOpen;

        public override void PreStart()
        {
            if (delay <= TimeSpan.Zero) _isOpen = true;
            else ScheduleOnce(TimerKeys.Only, delay);
        }

        public override void OnPush() => Push(Out, Grab(In));

        public override void OnPull()
        {
            if (_isOpen) Pull(In);
        }

        protected internal override void OnTimer(object timerKey)
        {
            _isOpen = true;
            if (IsAvailable(Out)) Pull(In);
        }
    }
}

/// <summary>Completes after a while.</summary>
internal sealed class TakeWithin<T>(TimeSpan duration) : LinearStage<T, T>("TakeWithin")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, duration);

    private sealed class Logic(TakeWithin<T> stage, TimeSpan duration) : LinearTimerLogic<T, T>(stage)
    {
        public override void PreStart() => ScheduleOnce(TimerKeys.Only, duration);

        public override void OnPush() => Push(Out, Grab(In));

        protected internal override void OnTimer(object timerKey) => CompleteStage();
    }
}

/// <summary>Drops what comes in the first while.</summary>
internal sealed class SkipWithin<T>(TimeSpan duration) : LinearStage<T, T>("SkipWithin")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, duration);

    private sealed class Logic(SkipWithin<T> stage, TimeSpan duration) : LinearTimerLogic<T, T>(stage)
    {
        private bool _isOpen;

        public override void PreStart() => ScheduleOnce(TimerKeys.Only, duration);

        public override void OnPush()
        {
            if (_isOpen)
            {
                Push(Out, Grab(In));
            }
            else
            {
                Grab(In);
                Pull(In);
            }
        }

        protected internal override void OnTimer(object timerKey) => _isOpen = true;
    }
}

/// <summary>Emits each element so much later than it came; holds as many as the input buffer attribute says.</summary>
internal sealed class Delay<T>(TimeSpan delay, DelayOverflowStrategy strategy) : LinearStage<T, T>("Delay")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, delay, strategy, inheritedAttributes.GetInputBuffer());

    private sealed class Logic : LinearTimerLogic<T, T>
    {
        // A timer for less than this would fire late anyway.
        private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(10);

        private readonly TimeSpan _delay;
        private readonly DelayOverflowStrategy _strategy;
        private readonly BoundedBuffer<(TimeSpan At, T Element)> _buffer;
        private readonly int _size;
        private TimeSpan _headAt;

        public Logic(Delay<T> stage, TimeSpan delay, DelayOverflowStrategy strategy, int size)
            : base(stage)
        {
            _delay = delay;
            _strategy = strategy;
            _size = size;
            _buffer = new BoundedBuffer<(TimeSpan, T)>(size);
        }

        public override void OnPush()
        {
            var element = Grab(In);
            if (!_buffer.IsFull || MakeRoom())
            {
                var at = Now;
                if (_buffer.IsEmpty) _headAt = at;
                _buffer.Enqueue((at, element));
                if (!IsTimerActive(TimerKeys.Only)) ScheduleOnce(TimerKeys.Only, Until(_headAt));
            }

            PullIfRoom();
        }

        public override void OnPull()
        {
            if (!IsTimerActive(TimerKeys.Only) && !_buffer.IsEmpty)
            {
                var wait = Until(_headAt);
                if (wait <= TimeSpan.Zero) PushHead();
                else ScheduleOnce(TimerKeys.Only, wait < Precision ? Precision : wait);
            }

            PullIfRoom();
            CompleteIfReady();
        }

        public override void OnUpstreamFinish() => CompleteIfReady();

        protected internal override void OnTimer(object timerKey)
        {
            if (!_buffer.IsEmpty && IsAvailable(Out)) PushHead();
            if (!_buffer.IsEmpty)
            {
                var wait = Until(_headAt);
                if (wait > TimeSpan.Zero) ScheduleOnce(TimerKeys.Only, wait < Precision ? Precision : wait);
            }

            PullIfRoom();
            CompleteIfReady();
        }

        private bool HasRoom => !_buffer.IsFull || _strategy switch
        {
            DelayOverflowStrategy.Backpressure => false,
            DelayOverflowStrategy.EmitEarly => IsAvailable(Out),
            _ => true,
        };

        private TimeSpan Until(TimeSpan at) => at + _delay - Now;

        /// <returns>false if the new element is dropped, or the stage failed.</returns>
        private bool MakeRoom()
        {
            switch (_strategy)
            {
                case DelayOverflowStrategy.EmitEarly:
                    CancelTimer(TimerKeys.Only);
                    PushHead();
                    return true;
                case DelayOverflowStrategy.DropHead:
                    _buffer.DropHead();
                    TrackHead();
                    return true;
                case DelayOverflowStrategy.DropTail:
                    _buffer.DropTail();
                    return true;
                case DelayOverflowStrategy.DropBuffer:
                    _buffer.Clear();
                    return true;
                case DelayOverflowStrategy.DropNew:
                    return false;
                case DelayOverflowStrategy.Fail:
                    FailStage(new BufferOverflowException(
                        $"Buffer overflow for Delay combinator (max capacity was: {_size})!"));
                    return false;
                default:
                    throw new Pattern.IllegalStateException(
                        "Delay buffer must never overflow in Backpressure mode");
            }
        }

        private void PushHead()
        {
            Push(Out, _buffer.Dequeue().Element);
            TrackHead();
        }

        private void PullIfRoom()
        {
            if (HasRoom && !IsClosed(In) && !HasBeenPulled(In)) Pull(In);
        }

        private void TrackHead()
        {
            if (!_buffer.IsEmpty) _headAt = _buffer.Peek().At;
        }

        private void CompleteIfReady()
        {
            if (IsClosed(In) && _buffer.IsEmpty) CompleteStage();
        }
    }
}
