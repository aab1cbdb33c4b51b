using Akka.Dispatch.SysMsg;

namespace Akka.Actor.Internal;

/// <summary>Watches one actor from outside all actors.</summary>
internal sealed class TerminationWatcher(IActorRefProvider provider) : MinimalActorRef
{
    public TaskCompletionSource<DeathWatchNotification> Terminated { get; } =
        new(Continuations.Options((provider.Settings.System as ActorSystemImpl)?.Runtime));

    public override ActorPath Path { get; } = provider.TempPath();

    public override IActorRefProvider Provider { get; } = provider;

    public override void SendSystemMessage(ISystemMessage message)
    {
        if (message is DeathWatchNotification notification) Terminated.TrySetResult(notification);
    }
}
