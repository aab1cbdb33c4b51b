using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Buffering;

/// <summary>Emits elements in groups of n; the last group may be smaller.</summary>
internal sealed class Grouped<T>(int count) : LinearStage<T, IEnumerable<T>>("Grouped")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, count);

    private sealed class Logic(Grouped<T> stage, int count) : LinearLogic<T, IEnumerable<T>>(stage)
    {
        private List<T>? _group;

        public override void OnPush()
        {
            _group ??= new List<T>(Math.Min(count, 1024));
            _group.Add(Grab(In));
            if (_group.Count < count)
            {
                Pull(In);
                return;
            }

            var full = _group;
            _group = null;
            Push(Out, full);
        }

        public override void OnUpstreamFinish()
        {
            // A group is only begun after a pull, so that its rest can be pushed without waiting for demand.
            if (_group is not null) Push(Out, _group);
            CompleteStage();
        }
    }
}

/// <summary>Emits windows of n elements, each so many elements after the last.</summary>
internal sealed class Sliding<T>(int count, int step) : LinearStage<T, IEnumerable<T>>("Sliding")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, count, step);

    private sealed class Logic(Sliding<T> stage, int count, int step) : LinearLogic<T, IEnumerable<T>>(stage)
    {
        private readonly Queue<T> _window = new();
        private int _toSkip;
        private bool _hasEmitted;

        public override void OnPush()
        {
            var element = Grab(In);
            if (_toSkip > 0)
            {
                _toSkip--;
                Pull(In);
                return;
            }

            _window.Enqueue(element);
            if (_window.Count < count)
            {
                Pull(In);
                return;
            }

            var full = _window.ToArray();
            for (var i = 0; i < step && _window.Count > 0; i++) _window.Dequeue();
            _toSkip = Math.Max(0, step - count);
            _hasEmitted = true;
            Push(Out, full);
        }

        public override void OnUpstreamFinish()
        {
            // What remains of a window that was emitted already is no window of its own unless something came after.
            var rest = _hasEmitted && step < count ? count - step : 0;
            if (_window.Count > rest) Push(Out, _window.ToArray());
            CompleteStage();
        }
    }
}

/// <summary>
/// Emits what came within an interval, or as soon as it is so many elements or weighs so much.
/// An element that would make the group too heavy begins the next.
/// </summary>
internal sealed class GroupedWeightedWithin<T>(long maxWeight, int maxNumber, TimeSpan interval, Func<T, long> cost)
    : LinearStage<T, IEnumerable<T>>("GroupedWeightedWithin")
{
    private long MaxWeight => maxWeight;

    private int MaxNumber => maxNumber;

    private TimeSpan Interval => interval;

    private Func<T, long> Cost => cost;

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic(GroupedWeightedWithin<T> stage) : LinearTimerLogic<T, IEnumerable<T>>(stage)
    {
        private static readonly object TimerKey = new();

        private List<T> _group = [];
        private long _weight;
        private bool _hasPending;
        private T _pending = default!;
        private long _pendingWeight;

        // The group is full, or its time is up: it goes out with the next demand.
        private bool _isReady;

        public override void PreStart()
        {
            ScheduleRepeatedly(TimerKey, stage.Interval);
            Pull(In);
        }

        public override void OnPush()
        {
            var element = Grab(In);
            var weight = stage.Cost(element);
            if (weight < 0L)
            {
                FailStage(new ArgumentException(
                    $"Negative weight [{weight}] for element [{element}] is not allowed", nameof(stage)));
                return;
            }

            if (_weight + weight > stage.MaxWeight && _group.Count > 0)
            {
                _hasPending = true;
                _pending = element;
                _pendingWeight = weight;
                Ready();
                return;
            }

            Add(element, weight);
            if (_group.Count >= stage.MaxNumber || _weight >= stage.MaxWeight) Ready();
            else Pull(In);
        }

        public override void OnPull()
        {
            if (_isReady) EmitGroup();
        }

        public override void OnUpstreamFinish()
        {
            if (_group.Count == 0)
            {
                CompleteStage();
                return;
            }

            _isReady = true;
            if (IsAvailable(Out)) EmitGroup();
        }

        protected internal override void OnTimer(object timerKey)
        {
            if (_group.Count == 0) return;
            _isReady = true;
            if (IsAvailable(Out)) EmitGroup();
        }

        private void Add(T element, long weight)
        {
            _group.Add(element);
            _weight += weight;
        }

        private void Ready()
        {
            // The next group gets the whole interval.
            ScheduleRepeatedly(TimerKey, stage.Interval);
            _isReady = true;
            if (IsAvailable(Out)) EmitGroup();
        }

        private void EmitGroup()
        {
            var full = _group;
            _group = [];
            _weight = 0;
            _isReady = false;
            if (_hasPending)
            {
                _hasPending = false;
                Add(_pending, _pendingWeight);
                _pending = default!;
                _isReady = _weight >= stage.MaxWeight || _group.Count >= stage.MaxNumber;
            }

            Push(Out, full);
            if (IsClosed(In))
            {
                if (_group.Count == 0) CompleteStage();
                else _isReady = true;
            }
            else if (!HasBeenPulled(In) && !_isReady)
            {
                Pull(In);
            }
        }
    }
}
