using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>Handles the system messages of one actor and keeps back those that must wait.</summary>
internal sealed class SystemMessageHandler(ActorCell cell)
{
    // Each level lets less through than the one before.
    private const int Running = 0;
    private const int Suspended = 1;
    private const int BetweenIncarnations = 2;

    private readonly Queue<SystemMessage> _waiting = new();

    public void Handle(SystemMessage message)
    {
        var before = Level();
        if (MustWait(message, before))
        {
            _waiting.Enqueue(message);
            return;
        }

        var current = cell.CurrentMessage;
        try
        {
            Dispatch(message);
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            cell.Faults.HandleInvokeFailure(e);
        }
        finally
        {
            if (cell.CurrentMessage is Failed) cell.ReplaceCurrentMessage(current);
        }

        if (_waiting.Count == 0 || Level() >= before) return;
        var waiting = _waiting.ToArray();
        _waiting.Clear();
        foreach (var one in waiting) Handle(one);
    }

    /// <summary>The actor has stopped: what waits goes where all that comes from now on goes.</summary>
    public void GiveUp()
    {
        while (_waiting.TryDequeue(out var message)) cell.SendSystemMessage(message);
    }

    private static bool MustWait(SystemMessage message, int level) => level switch
    {
        Running => false,
        Suspended => message is Failed,
        _ => message is Failed or Recreate or Suspend or Resume,
    };

    private int Level()
    {
        if (cell.ChildrenOf.IsWaiting) return BetweenIncarnations;
        return cell.Mailbox is { IsSuspended: true } ? Suspended : Running;
    }

    private void Dispatch(SystemMessage message)
    {
        switch (message)
        {
            case Create create:
                cell.Create(create.Failure);
                break;
            case Failed failed:
                cell.ReplaceCurrentMessage(failed);
                cell.Faults.HandleFailed(failed);
                break;
            case DeathWatchNotification death:
                cell.Watches.WatchedActorTerminated(death.Actor, death.ExistenceConfirmed, death.AddressTerminated);
                break;
            case ActorTaskSchedulerMessage task:
                RunTask(task);
                break;
            case Watch watch:
                cell.Watches.AddWatcher(watch.Watchee, watch.Watcher);
                break;
            case Unwatch unwatch:
                cell.Watches.RemoveWatcher(unwatch.Watchee, unwatch.Watcher);
                break;
            case Recreate recreate:
                cell.Faults.Recreate(recreate.Cause);
                break;
            case Suspend:
                cell.Faults.Suspend();
                break;
            case Resume resume:
                cell.Faults.Resume(resume.CausedByFailure);
                break;
            case Terminate or Stop:
                cell.Faults.Terminate();
                break;
            case Supervise supervise:
                Supervise((IInternalActorRef)supervise.Child);
                break;
        }
    }

    private void RunTask(ActorTaskSchedulerMessage task)
    {
        if (task.Exception is not { } failure)
        {
            task.ExecuteTask();
            return;
        }

        // The failure suspends the actor again; the suspension for the handler's sake ends with the handler.
        cell.ReplaceCurrentMessage(task.Message);
        cell.Dispatcher.Resume(cell);
        cell.Faults.HandleInvokeFailure(failure);
    }

    private void Supervise(IInternalActorRef child)
    {
        if (cell.IsTerminatingNow) return;
        var path = cell.Self.Path.ToString();
        if (cell.ChildrenOf.Init(child) is null)
        {
            cell.Publish(new Error(
                null, path, cell.ActorType,
                $"received Supervise from unregistered child {child}, this will not end well"));
            return;
        }

        if (cell.System.Settings.DebugLifecycle)
        {
            cell.Publish(new Debug(path, cell.ActorType, $"now supervising {child}"));
        }
    }
}
