using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Timing;

/// <summary>
/// A bucket that holds up to so many tokens and gets one more each period. Tokens may be taken on credit; the answer
/// is how long to wait until they are there.
/// </summary>
internal sealed class TokenBucket(long capacity, long ticksPerToken)
{
    private long _available;
    private long _lastUpdate;

    public void Start(long nowTicks)
    {
        _lastUpdate = nowTicks;
        _available = capacity;
    }

    /// <returns>Ticks until the tokens are there.</returns>
    public long Offer(long cost, long nowTicks)
    {
        if (cost < 0) throw new ArgumentException("Cost must be non-negative", nameof(cost));
        var elapsed = nowTicks - _lastUpdate;
        var arrived = elapsed >= ticksPerToken ? elapsed / ticksPerToken : 0;
        _available = Math.Min(capacity, _available + arrived);
        if (cost <= _available)
        {
            if (arrived > 0) _lastUpdate += arrived * ticksPerToken;
            _available -= cost;
            return 0;
        }

        // The missing tokens are taken in advance; the next offer reckons from the moment they have come.
        var missing = cost - _available;
        var lastToken = _lastUpdate + (arrived * ticksPerToken);
        var due = lastToken + (missing * ticksPerToken);
        _lastUpdate = due;
        _available = 0;
        return Math.Max(0, due - nowTicks);
    }
}

/// <summary>Lets elements pass at a rate: delays those that are too fast, or fails.</summary>
internal sealed class Throttle<T> : LinearStage<T, T>
{
    private readonly int _cost;
    private readonly TimeSpan _per;
    private readonly int _maximumBurst;
    private readonly Func<T, int> _costOf;
    private readonly ThrottleMode _mode;

    public Throttle(int cost, TimeSpan per, int maximumBurst, Func<T, int> costOf, ThrottleMode mode)
        : base("Throttle")
    {
        if (cost <= 0) throw new ArgumentException("cost must be > 0", nameof(cost));
        if (per <= TimeSpan.Zero) throw new ArgumentException("per time must be > 0", nameof(per));
        if (mode == ThrottleMode.Enforcing && maximumBurst < 0)
            throw new ArgumentException("maximumBurst must be > 0 in Enforcing mode", nameof(maximumBurst));
        if (per.Ticks < cost)
            throw new ArgumentException("Rates larger than 1 unit / tick are not supported", nameof(cost));
        _cost = cost;
        _per = per;
        _maximumBurst = maximumBurst;
        _costOf = costOf;
        _mode = mode;
    }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private sealed class Logic : LinearTimerLogic<T, T>
    {
        private readonly Throttle<T> _stage;
        private readonly TokenBucket _tokens;
        private T _waiting = default!;
        private bool _isWaiting;

        public Logic(Throttle<T> stage)
            : base(stage)
        {
            _stage = stage;
            _tokens = new TokenBucket(stage._maximumBurst, stage._per.Ticks / stage._cost);
        }

        public override void PreStart() => _tokens.Start(Now.Ticks);

        public override void OnPush()
        {
            var element = Grab(In);
            var wait = _tokens.Offer(_stage._costOf(element), Now.Ticks);
            if (wait == 0)
            {
                Push(Out, element);
            }
            else if (_stage._mode == ThrottleMode.Enforcing)
            {
                FailStage(new OverflowException("Maximum throttle throughput exceeded"));
            }
            else
            {
                _waiting = element;
                _isWaiting = true;
                ScheduleOnce(TimerKeys.Only, TimeSpan.FromTicks(wait));
            }
        }

        public override void OnUpstreamFinish()
        {
            if (!_isWaiting) CompleteStage();
        }

        protected internal override void OnTimer(object timerKey)
        {
            var element = _waiting;
            _waiting = default!;
            _isWaiting = false;
            Push(Out, element);
            if (IsClosed(In)) CompleteStage();
        }
    }
}
