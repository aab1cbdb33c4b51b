using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>
/// Something scheduled that can be taken back. With the engine's own wheel taking it back removes it there and then
/// and needs no token; with any other scheduler it is a <see cref="Cancelable"/>.
/// </summary>
internal readonly struct ScheduledCall
{
    private readonly object? _handle;

    private ScheduledCall(object handle) => _handle = handle;

    public bool IsNone => _handle is null;

    public static ScheduledCall Tell(
        IScheduler scheduler, TimeSpan delay, ICanTell receiver, object message, IActorRef? sender)
    {
        if (scheduler is HashedWheelTimerScheduler wheel)
        {
            return new ScheduledCall(wheel.Add(new TellTimeout(receiver, message, sender), delay, TimeSpan.Zero));
        }

        var cancelable = new Cancelable(scheduler);
        scheduler.ScheduleTellOnce(delay, receiver, message, sender, cancelable);
        return new ScheduledCall(cancelable);
    }

    public static ScheduledCall TellRepeatedly(
        IScheduler scheduler, TimeSpan delay, TimeSpan interval, ICanTell receiver, object message, IActorRef? sender)
    {
        if (scheduler is HashedWheelTimerScheduler wheel && interval > TimeSpan.Zero)
        {
            return new ScheduledCall(wheel.Add(new TellTimeout(receiver, message, sender), delay, interval));
        }

        var cancelable = new Cancelable(scheduler);
        scheduler.ScheduleTellRepeatedly(delay, interval, receiver, message, sender, cancelable);
        return new ScheduledCall(cancelable);
    }

    /// <summary>The timeout itself is the handle, so nothing else is allocated on the wheel.</summary>
    public static ScheduledCall Run(IScheduler scheduler, TimeSpan delay, WheelTimeout timeout)
    {
        if (scheduler is HashedWheelTimerScheduler wheel)
        {
            return new ScheduledCall(wheel.Add(timeout, delay, TimeSpan.Zero));
        }

        var cancelable = new Cancelable(scheduler);
        scheduler.Advanced.ScheduleOnce(delay, timeout.Fire, cancelable);
        return new ScheduledCall(cancelable);
    }

    public void Cancel()
    {
        if (_handle is WheelTimeout timeout) timeout.Remove();
        else (_handle as ICancelable)?.Cancel();
    }
}
