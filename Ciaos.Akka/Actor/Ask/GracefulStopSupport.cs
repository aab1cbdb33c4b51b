using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Stops an actor and tells when it has stopped.</summary>
public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) =>
        target.GracefulStop(timeout, PoisonPill.Instance);

    /// <returns>true once the actor has stopped; cancelled if that takes longer than the timeout.</returns>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        var watched = (IInternalActorRef)target;
        var watcher = new TerminationWatcher(watched.Provider);
        var limit = ScheduledCall.Run(
            watched.Provider.Settings.System.Scheduler, timeout, new StopTimeout(watcher.Terminated));
        watched.SendSystemMessage(new Watch(watched, watcher));
        target.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            var terminated = await watcher.Terminated.Task.ConfigureAwait(false);
            return terminated.Actor.Equals(target);
        }
        catch (OperationCanceledException)
        {
            watched.SendSystemMessage(new Unwatch(watched, watcher));
            throw;
        }
        finally
        {
            limit.Cancel();
        }
    }

    private sealed class StopTimeout(TaskCompletionSource<DeathWatchNotification> waiting) : WheelTimeout
    {
        public override void Fire() => waiting.TrySetCanceled();
    }
}

public static class WatchAsyncSupport
{
    /// <returns>true once the actor has stopped, false if the token is cancelled before.</returns>
    public static async Task<bool> WatchAsync(this IActorRef target, CancellationToken token = default)
    {
        var watched = (IInternalActorRef)target;
        var watcher = new TerminationWatcher(watched.Provider);
        using var cancelled = token.UnsafeRegister(
            static state => ((TerminationWatcher)state!).Terminated.TrySetCanceled(), watcher);
        watched.SendSystemMessage(new Watch(watched, watcher));
        try
        {
            await watcher.Terminated.Task.ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            watched.SendSystemMessage(new Unwatch(watched, watcher));
            return false;
        }
    }
}
