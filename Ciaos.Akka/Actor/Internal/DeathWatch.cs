using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor.Internal;

/// <summary>Whom an actor watches and who watches it. Only touched on the actor's own thread of control.</summary>
internal sealed class DeathWatch(ActorCell cell)
{
    // The value is the message to get instead of Terminated.
    private readonly Dictionary<IActorRef, Option<object>> _watching = [];
    private readonly HashSet<IActorRef> _watchedBy = [];
    private readonly Dictionary<IActorRef, Option<object>> _terminatedQueued = [];

    public void Watch(IInternalActorRef subject, Option<object> message)
    {
        if (subject.Equals(cell.Self)) return;
        if (_watching.TryGetValue(subject, out var present))
        {
            RequireSame(subject, present, message);
            return;
        }

        _watching.Add(subject, message);
        subject.SendSystemMessage(new Watch(subject, cell.SelfInternal));
    }

    public void Unwatch(IInternalActorRef subject)
    {
        if (!subject.Equals(cell.Self) && _watching.Remove(subject))
        {
            subject.SendSystemMessage(new Unwatch(subject, cell.SelfInternal));
        }

        _terminatedQueued.Remove(subject);
    }

    /// <summary>
    /// A Terminated came up in the mailbox: it counts only if it was not unwatched since it was queued.
    /// </summary>
    public void ReceivedTerminated(Terminated terminated)
    {
        if (!_terminatedQueued.Remove(terminated.ActorRef, out var message)) return;
        if (message.HasValue) cell.ReplaceCurrentMessage(message.Value);
        cell.Receive(message.HasValue ? message.Value : terminated);
    }

    /// <summary>To be called when a Terminated is put into the mailbox.</summary>
    public void QueueTerminated(IActorRef subject, Option<object> message) =>
        _terminatedQueued.TryAdd(subject, message);

    public void WatchedActorTerminated(IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    {
        if (_watching.Remove(actor, out var message) && !cell.IsTerminatingNow)
        {
            QueueTerminated(actor, message);
            cell.Self.Tell(new Terminated(actor, existenceConfirmed, addressTerminated), actor);
        }

        if (cell.ChildrenOf.Find(actor) is not null) cell.Faults.HandleChildTerminated(actor);
    }

    public void AddWatcher(IActorRef watchee, IActorRef watcher)
    {
        var isWatchee = watchee.Equals(cell.Self);
        var isWatcher = watcher.Equals(cell.Self);
        if (isWatchee && !isWatcher)
        {
            if (_watchedBy.Add(watcher)) DebugLifecycle($"now watched by {watcher}");
        }
        else if (!isWatchee && isWatcher)
        {
            Watch((IInternalActorRef)watchee, Option<object>.None);
        }
        else
        {
            Warn($"BUG: illegal Watch({watchee},{watcher}) for {cell.Self}");
        }
    }

    public void RemoveWatcher(IActorRef watchee, IActorRef watcher)
    {
        var isWatchee = watchee.Equals(cell.Self);
        var isWatcher = watcher.Equals(cell.Self);
        if (isWatchee && !isWatcher)
        {
            if (_watchedBy.Remove(watcher)) DebugLifecycle($"no longer watched by {watcher}");
        }
        else if (!isWatchee && isWatcher)
        {
            Unwatch((IInternalActorRef)watchee);
        }
        else
        {
            Warn($"BUG: illegal Unwatch({watchee},{watcher}) for {cell.Self}");
        }
    }

    public void TellWatchersWeDied()
    {
        foreach (var watcher in _watchedBy)
        {
            // The parent is told anyway, last, so that it can reuse the name.
            if (watcher.Equals(cell.Parent)) continue;
            ((IInternalActorRef)watcher).SendSystemMessage(
                new DeathWatchNotification(cell.Self, existenceConfirmed: true, addressTerminated: false));
        }

        _watchedBy.Clear();
    }

    public void UnwatchAll()
    {
        foreach (var watchee in _watching.Keys.Cast<IInternalActorRef>())
        {
            watchee.SendSystemMessage(new Unwatch(watchee, cell.SelfInternal));
        }

        _watching.Clear();
        _terminatedQueued.Clear();
    }

    private static void RequireSame(IActorRef subject, Option<object> present, Option<object> message)
    {
        if (present.Equals(message)) return;
        throw new InvalidOperationException(
            $"Watch({subject}) termination message was not overwritten from [{Text(present)}] to [{Text(message)}]. "
            + "If this was intended, unwatch first before using `Watch` / `WatchWith` with another message.");

        static string Text(Option<object> option) => option.HasValue ? $"{option.Value}" : "no message";
    }

    private void DebugLifecycle(string text)
    {
        if (!cell.System.Settings.DebugLifecycle) return;
        cell.Publish(new Debug(cell.Self.Path.ToString(), cell.ActorType, text));
    }

    private void Warn(string text) => cell.Publish(new Warning(cell.Self.Path.ToString(), cell.ActorType, text));
}
