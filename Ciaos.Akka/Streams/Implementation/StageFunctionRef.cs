using Akka.Actor;
using Akka.Dispatch.SysMsg;

namespace Akka.Streams.Implementation;

/// <summary>A reference without an actor: each message is given to a function, on the sender's thread.</summary>
internal sealed class StageFunctionRef : MinimalActorRef
{
    private static long _lastName;

    private readonly Action<IActorRef, object> _tell;
    private readonly Lock _lock = new();
    private readonly HashSet<IInternalActorRef> _watching = [];
    private readonly HashSet<IInternalActorRef> _watchers = [];
    private bool _isStopped;

    public StageFunctionRef(ActorMaterializer materializer, string? name, Action<IActorRef, object> tell)
    {
        _tell = tell;
        var system = (ExtendedActorSystem)materializer.System;
        Provider = system.Provider;
        var child = string.IsNullOrEmpty(name) ? $"$$StageActor-{Interlocked.Increment(ref _lastName)}" : name;
        Path = materializer.Supervisor.Path / child;
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider { get; }

    public void Watch(IActorRef actorRef)
    {
        var watchee = (IInternalActorRef)actorRef;
        lock (_lock)
        {
            if (_isStopped || !_watching.Add(watchee)) return;
        }

        watchee.SendSystemMessage(new Watch(watchee, this));
    }

    public void Unwatch(IActorRef actorRef)
    {
        var watchee = (IInternalActorRef)actorRef;
        lock (_lock)
        {
            if (!_watching.Remove(watchee)) return;
        }

        watchee.SendSystemMessage(new Unwatch(watchee, this));
    }

    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Watch watch when Equals(watch.Watchee):
                AddWatcher(watch.Watcher);
                break;
            case Unwatch unwatch when Equals(unwatch.Watchee):
                lock (_lock) _watchers.Remove(unwatch.Watcher);
                break;
            case DeathWatchNotification died:
                bool isWatched;
                lock (_lock) isWatched = _watching.Remove((IInternalActorRef)died.Actor);
                if (isWatched)
                {
                    _tell(died.Actor, new Terminated(died.Actor, died.ExistenceConfirmed, died.AddressTerminated));
                }

                break;
        }
    }

    public override void Stop()
    {
        IInternalActorRef[] watching;
        IInternalActorRef[] watchers;
        lock (_lock)
        {
            if (_isStopped) return;
            _isStopped = true;
            watching = [.. _watching];
            watchers = [.. _watchers];
        }

        foreach (var watchee in watching) watchee.SendSystemMessage(new Unwatch(watchee, this));
        foreach (var watcher in watchers) NotifyDeath(watcher);
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
        // A stage that has stopped drops what comes: the interpreter sees to it.
        _tell(sender ?? ActorRefs.NoSender, message);
    }

    private void AddWatcher(IInternalActorRef watcher)
    {
        lock (_lock)
        {
            if (!_isStopped)
            {
                _watchers.Add(watcher);
                return;
            }
        }

        NotifyDeath(watcher);
    }

    private void NotifyDeath(IInternalActorRef watcher) =>
        watcher.SendSystemMessage(new DeathWatchNotification(this, existenceConfirmed: true, addressTerminated: false));
}
