using Akka.Streams.Stage;

namespace Akka.Streams.Implementation.Timing;

internal static class TimerKeys
{
    public static readonly object Only = new();

    /// <summary>How often an idle timeout is checked: often enough, but not more than needed.</summary>
    public static TimeSpan CheckInterval(TimeSpan timeout) => TimeSpan.FromTicks(
        Math.Max(1, Math.Min(Math.Max(timeout.Ticks / 8, TimeSpan.TicksPerMillisecond * 100), timeout.Ticks / 2)));
}

/// <summary>Fails when the first element does not come in time.</summary>
internal sealed class InitialTimeout<T>(TimeSpan timeout) : LinearStage<T, T>("InitialTimeout")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, timeout);

    private sealed class Logic(InitialTimeout<T> stage, TimeSpan timeout) : LinearTimerLogic<T, T>(stage)
    {
        private bool _hasPassed;

        public override void PreStart() => ScheduleOnce(TimerKeys.Only, timeout);

        public override void OnPush()
        {
            _hasPassed = true;
            Push(Out, Grab(In));
        }

        protected internal override void OnTimer(object timerKey)
        {
            if (_hasPassed) return;
            FailStage(new TimeoutException($"The first element has not yet passed through in {timeout}."));
        }
    }
}

/// <summary>Fails when the stream does not complete in time.</summary>
internal sealed class CompletionTimeout<T>(TimeSpan timeout) : LinearStage<T, T>("CompletionTimeout")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, timeout);

    private sealed class Logic(CompletionTimeout<T> stage, TimeSpan timeout) : LinearTimerLogic<T, T>(stage)
    {
        public override void PreStart() => ScheduleOnce(TimerKeys.Only, timeout);

        public override void OnPush() => Push(Out, Grab(In));

        protected internal override void OnTimer(object timerKey) =>
            FailStage(new TimeoutException($"The stream has not been completed in {timeout}."));
    }
}

/// <summary>Fails when no element comes for so long.</summary>
internal sealed class IdleTimeout<T>(TimeSpan timeout) : LinearStage<T, T>("IdleTimeout")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, timeout);

    private sealed class Logic(IdleTimeout<T> stage, TimeSpan timeout) : LinearTimerLogic<T, T>(stage)
    {
        private TimeSpan _deadline;

        public override void PreStart()
        {
            _deadline = Now + timeout;
            ScheduleRepeatedly(TimerKeys.Only, TimerKeys.CheckInterval(timeout));
        }

        public override void OnPush()
        {
            _deadline = Now + timeout;
            Push(Out, Grab(In));
        }

        protected internal override void OnTimer(object timerKey)
        {
            if (_deadline < Now) FailStage(new TimeoutException($"No elements passed in the last {timeout}."));
        }
    }
}

/// <summary>Fails when no demand follows an element for so long.</summary>
internal sealed class BackpressureTimeout<T>(TimeSpan timeout) : LinearStage<T, T>("BackpressureTimeout")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, timeout);

    private sealed class Logic(BackpressureTimeout<T> stage, TimeSpan timeout) : LinearTimerLogic<T, T>(stage)
    {
        private TimeSpan _deadline;
        private bool _waitsForDemand = true;

        public override void PreStart()
        {
            _deadline = Now + timeout;
            ScheduleRepeatedly(TimerKeys.Only, TimerKeys.CheckInterval(timeout));
        }

        public override void OnPush()
        {
            Push(Out, Grab(In));
            _deadline = Now + timeout;
            _waitsForDemand = true;
        }

        public override void OnPull()
        {
            _waitsForDemand = false;
            Pull(In);
        }

        protected internal override void OnTimer(object timerKey)
        {
            if (_waitsForDemand && _deadline < Now)
                FailStage(new TimeoutException($"No demand signalled in the last {timeout}."));
        }
    }
}
