using System.Collections.Concurrent;

namespace Akka.Actor.Internal;

/// <summary>Holds references, such as those of pending asks, that have no parent actor: /temp.</summary>
internal sealed class VirtualPathContainer(
    IActorRefProvider provider, ActorPath path, IInternalActorRef parent) : MinimalActorRef
{
    private readonly ConcurrentDictionary<string, IInternalActorRef> _children = new(StringComparer.Ordinal);

    public override IActorRefProvider Provider { get; } = provider;

    public override IInternalActorRef Parent { get; } = parent;

    public override ActorPath Path { get; } = path;

    public void Add(string name, IInternalActorRef actor) => _children[name] = actor;

    public void Remove(string name) => _children.TryRemove(name, out _);

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        if (name.Count == 0) return this;
        if (name[0].Length == 0) return GetChild([.. name.Skip(1)]);
        if (!_children.TryGetValue(name[0], out var child)) return ActorRefs.Nobody;
        return name.Count == 1 ? child : child.GetChild([.. name.Skip(1)]);
    }
}

/// <summary>The parent of the root guardian. It is the end of all escalation.</summary>
internal sealed class RootSupervisor(
    IActorRefProvider provider, ActorPath path, TaskCompletionSource<Status> terminated, Action<string, Exception?> log)
    : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider { get; } = provider;

    public override void Stop() => terminated.TrySetResult(Status.Success.Instance);

    public override void SendSystemMessage(Dispatch.SysMsg.ISystemMessage message)
    {
        switch (message)
        {
            case Dispatch.SysMsg.Failed failed:
                log("guardian failed, shutting down system", failed.Cause);
                ((IInternalActorRef)failed.Child).Stop();
                break;
            case Dispatch.SysMsg.DeathWatchNotification:
                Stop();
                break;
        }
    }

    protected override void TellInternal(object message, IActorRef? sender) =>
        log($"{Path} received unexpected message [{message}]", null);
}
