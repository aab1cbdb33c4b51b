using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>
/// What happens to an actor when it, or a child of it, fails: it is suspended at once, its parent decides, and then
/// it is resumed, recreated or stopped. While it is suspended it handles system messages only.
/// </summary>
internal sealed class FaultHandling(ActorCell cell)
{
    // Who failed last: the actor itself, or the child whose failure it escalates.
    private IActorRef? _failed;

    public bool IsFailed => _failed is not null;

    public void Recreate(Exception cause)
    {
        if (cell.Actor is not { } failed)
        {
            Report(null, $"changing Recreate into Create after {cause}");
            CreateAgain();
            return;
        }

        if (!cell.ChildrenOf.IsNormal)
        {
            // Already on its way: only the counter of suspensions has to be kept balanced.
            Resume(null);
            return;
        }

        try
        {
            cell.CancelTimers();
            failed.AroundPreRestart(cause, cell.CurrentMessage!);
            ActorCell.UnstashAll(failed);
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            var wrapped = new PreRestartException(cell.Self, e, cause, cell.CurrentMessage);
            Report(wrapped, e.Message);
        }
        finally
        {
            cell.ClearActor(failed);
        }

        if (!cell.ChildrenOf.SetReason(new SuspendReason.Recreation(cause))) FinishRecreate(cause);
    }

    public void Suspend()
    {
        SuspendSelf();
        SuspendChildren();
    }

    /// <param name="causedByFailure">The actor's own failure, forgiven; null when its parent was suspended.</param>
    public void Resume(Exception? causedByFailure)
    {
        if (cell.Actor is null)
        {
            Report(null, $"changing Resume into Create after {causedByFailure}");
            CreateAgain();
            return;
        }

        var perpetrator = _failed;
        try
        {
            ResumeSelf();
        }
        finally
        {
            if (causedByFailure is not null) _failed = null;
        }

        foreach (var child in cell.ChildrenOf.Refs)
        {
            child.Resume(child.Equals(perpetrator) ? causedByFailure : null);
        }
    }

    public void Terminate()
    {
        cell.SetReceiveTimeout(null);
        cell.Watches.UnwatchAll();
        foreach (var child in cell.ChildrenOf.Refs) cell.Stop(child);

        var wasTerminating = cell.IsTerminatingNow;
        if (cell.ChildrenOf.SetReason(SuspendReason.Termination.Instance))
        {
            if (wasTerminating) return;
            SuspendSelf();

            // A failure from here on is nobody's business any more.
            _failed = cell.Self;
            Lifecycle("Stopping");
        }
        else
        {
            cell.ChildrenOf.SetTerminated();
            FinishTerminate();
        }
    }

    /// <summary>The actor, or its handling of a child's failure, threw.</summary>
    public void HandleInvokeFailure(Exception cause, IReadOnlyCollection<IActorRef>? childrenNotToSuspend = null)
    {
        if (IsFailed) return;
        try
        {
            SuspendSelf();
            var spared = new HashSet<IActorRef>(childrenNotToSuspend ?? []);
            if (cell.CurrentMessage is Failed escalated)
            {
                _failed = escalated.Child;
                spared.Add(escalated.Child);
            }
            else
            {
                _failed = cell.Self;
            }

            SuspendChildren(spared);
            cell.Parent.SendSystemMessage(new Failed(cell.Self, cause, cell.Self.Path.Uid));
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            Report(e, $"Emergency stop: exception in failure handling for {cause}");
            try
            {
                foreach (var child in cell.ChildrenOf.Refs) cell.Stop(child);
            }
            finally
            {
                FinishTerminate();
            }
        }
    }

    public void HandleFailed(Failed failure)
    {
        var stats = cell.ChildrenOf.Find(failure.Child);
        if (stats is null)
        {
            Lifecycle($"Dropping Failed({failure.Cause}) from unknown child");
            return;
        }

        if (stats.Uid != failure.Uid)
        {
            Lifecycle(
                $"Dropping Failed({failure.Cause}) from old child {failure.Child} "
                + $"(uid={stats.Uid} != {failure.Uid})");
            return;
        }

        var strategy = cell.Strategy;
        if (strategy.HandleFailure(cell, failure.Child, failure.Cause, stats, cell.ChildrenOf.Stats)) return;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure.Cause);
    }

    public void HandleChildTerminated(IActorRef child)
    {
        var waitedFor = cell.ChildrenOf.Remove(child);
        if (cell.Actor is not null)
        {
            try
            {
                cell.Strategy.HandleChildTerminated(cell, child, cell.ChildrenOf.Refs);
            }
            catch (Exception e) when (!Thrown.IsFatal(e))
            {
                Report(e, "HandleChildTerminated failed");
                HandleInvokeFailure(e);
            }
        }

        switch (waitedFor)
        {
            case SuspendReason.Recreation recreation:
                FinishRecreate(recreation.Cause);
                break;
            case SuspendReason.Creation:
                FinishCreate();
                break;
            case SuspendReason.Termination:
                FinishTerminate();
                break;
        }
    }

    // The first instance was never made, so there is nothing to replace: it starts from the beginning.
    private void CreateAgain()
    {
        cell.CancelReceiveTimeout();
        foreach (var child in cell.ChildrenOf.Refs) cell.Stop(child);
        if (!cell.ChildrenOf.SetReason(new SuspendReason.Creation())) FinishCreate();
    }

    private void FinishCreate()
    {
        try
        {
            ResumeSelf();
        }
        finally
        {
            _failed = null;
        }

        try
        {
            cell.Create(null);
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            HandleInvokeFailure(e);
        }
    }

    private void FinishRecreate(Exception cause)
    {
        // Those that PreRestart left alive are restarted too, but only after the fresh instance stands.
        var survivors = cell.ChildrenOf.Refs;
        try
        {
            try
            {
                ResumeSelf();
            }
            finally
            {
                _failed = null;
            }

            var fresh = cell.NewActor();
            fresh.AroundPostRestart(cause, null!);
            cell.CheckReceiveTimeout();
            Lifecycle("Restarted");
            foreach (var child in survivors) child.Restart(cause);
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            cell.ClearActor(cell.Actor);
            HandleInvokeFailure(new PostRestartException(cell.Self, e, cause), survivors);
        }
    }

    private void FinishTerminate()
    {
        var actor = cell.Actor;
        try
        {
            if (actor is not null)
            {
                cell.CancelTimers();
                actor.AroundPostStop();
                ActorCell.UnstashAll(actor);
            }
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            Report(e, e.Message);
        }

        try
        {
            cell.Dispatcher.Detach(cell);
            cell.Parent.SendSystemMessage(
                new DeathWatchNotification(cell.Self, existenceConfirmed: true, addressTerminated: false));
            cell.Watches.TellWatchersWeDied();
            cell.Watches.UnwatchAll();
        }
        finally
        {
            Lifecycle("Stopped");
            cell.ClearForGood();
        }
    }

    private void SuspendSelf() => cell.Dispatcher.Suspend(cell);

    private void ResumeSelf() => cell.Dispatcher.Resume(cell);

    private void SuspendChildren(HashSet<IActorRef>? except = null)
    {
        foreach (var child in cell.ChildrenOf.Refs)
        {
            if (except is null || !except.Contains(child)) child.Suspend();
        }
    }

    private void Lifecycle(string text)
    {
        if (!cell.System.Settings.DebugLifecycle) return;
        cell.Publish(new Debug(cell.Self.Path.ToString(), cell.ActorType, text));
    }

    private void Report(Exception? cause, string text) =>
        cell.Publish(new Error(cause, cell.Self.Path.ToString(), cell.ActorType, text));
}
