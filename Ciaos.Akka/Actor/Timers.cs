namespace Akka.Actor;

/// <summary>Timers that belong to one incarnation of an actor: none of their messages outlives it.</summary>
public interface ITimerScheduler
{
    /// <summary>Sends repeatedly. A timer that had the key is cancelled.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender);

    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender);

    bool IsTimerActive(object key);

    /// <summary>After this, no message of the timer is received, even if it is in the mailbox.</summary>
    void Cancel(object key);

    void CancelAll();

    IReadOnlyCollection<object> ActiveTimers { get; }
}

public interface IWithTimers
{
    ITimerScheduler Timers { get; set; }
}
