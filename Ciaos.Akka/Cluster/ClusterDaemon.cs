using Akka.Actor;
using Akka.Event;
using static Akka.Cluster.ClusterEvent;

namespace Akka.Cluster;

// Owns this node's membership: the only one to change it and to publish that. Subscriptions are those of the event
// stream. Its end, at the end of leaving or of the actor system, is the node's removal from the cluster.
internal sealed class ClusterDaemon : UntypedActor
{
    private readonly Cluster _cluster;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<Action> _onUp = [];
    private readonly List<Action> _onRemoved = [];
    private readonly List<TaskCompletionSource> _leaving = [];

    public ClusterDaemon(Cluster cluster)
    {
        _cluster = cluster;
    }

    private Member Me => _cluster.SelfMember;

    private bool IsMember => Me.Status != MemberStatus.Removed;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Join join:
                Handle(join);
                break;
            case Leave leave:
                if (leave.Left is not null) _leaving.Add(leave.Left);
                if (leave.Address.Equals(_cluster.SelfAddress)) LeaveCluster();
                break;
            case BeginToLeave:
                BeginToExit();
                break;
            case Down down:
                if (down.Address.Equals(_cluster.SelfAddress) && IsMember) BeDowned();
                break;
            case Subscribe subscribe:
                Handle(subscribe);
                break;
            case Unsubscribe { To: null } all:
                _cluster.System.EventStream.Unsubscribe(all.Subscriber);
                break;
            case Unsubscribe one:
                _cluster.System.EventStream.Unsubscribe(one.Subscriber, one.To);
                break;
            case SendState send:
                send.Receiver.Tell(_cluster.State);
                break;
            case OnUp onUp:
                _onUp.Add(onUp.Callback);
                if (Me.Status == MemberStatus.Up) RunAll(_onUp);
                break;
            case OnRemoved onRemoved:
                _onRemoved.Add(onRemoved.Callback);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        var before = Me.Status;
        Show(Me.Copy(MemberStatus.Removed));
        if (before != MemberStatus.Removed)
        {
            Publish(new LeaderChanged(null!));
            Publish(new MemberRemoved(Me, before));
        }
        Publish(ClusterShuttingDown.Instance);
        RunAll(_onRemoved);
        _leaving.ForEach(l => l.TrySetResult());
    }

    private void Handle(Join join)
    {
        if (!join.Addresses.Contains(_cluster.SelfAddress))
        {
            var problem = $"[{string.Join(", ", join.Addresses)}] cannot be joined by [{_cluster.SelfAddress}]: "
                + "a cluster of this engine has one node, which joins itself";
            _log.Warning("{0}", problem);
            join.Joined?.TrySetException(new ClusterJoinFailedException(problem));
            return;
        }
        if (!IsMember)
        {
            Show(new Member(_cluster.SelfUniqueAddress, int.MaxValue, MemberStatus.Joining, _cluster.SelfRoles));
            Publish(new MemberJoined(Me));
            Show(Me.CopyUp(1));
            Publish(new MemberUp(Me));
            Publish(new LeaderChanged(Me.Address));
            RunAll(_onUp);
        }
        join.Joined?.TrySetResult();
    }

    // A member leaves by shutting down: what is bound to the cluster stops in its order, and in the end this actor.
    private void LeaveCluster()
    {
        if (IsMember)
        {
            BeginToExit();
            _ = CoordinatedShutdown.Get(_cluster.System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        }
        else
        {
            Context.Stop(Self);
        }
    }

    private void BeginToExit()
    {
        if (Me.Status is not (MemberStatus.Joining or MemberStatus.Up)) return;
        Show(Me.Copy(MemberStatus.Leaving));
        Publish(new MemberLeft(Me));
        Show(Me.Copy(MemberStatus.Exiting));
        Publish(new MemberExited(Me));
    }

    private void BeDowned()
    {
        Show(Me.Copy(MemberStatus.Down));
        Publish(new MemberDowned(Me));
        if (_cluster.Settings.RunCoordinatedShutdownWhenDown)
            _ = CoordinatedShutdown.Get(_cluster.System).Run(CoordinatedShutdown.ClusterDowningReason.Instance);
        else Context.Stop(Self);
    }

    private void Handle(Subscribe subscribe)
    {
        if (subscribe.Mode == SubscriptionInitialStateMode.InitialStateAsSnapshot)
            subscribe.Subscriber.Tell(_cluster.State);
        else if (Me.Status == MemberStatus.Up && Array.Exists(subscribe.To, t => t.IsAssignableFrom(typeof(MemberUp))))
            subscribe.Subscriber.Tell(new MemberUp(Me));
        foreach (var type in subscribe.To) _cluster.System.EventStream.Subscribe(subscribe.Subscriber, type);
    }

    private void Show(Member me)
    {
        _cluster.View = _cluster.View.With(me);
        if (_cluster.Settings.LogInfo) _log.Info("Cluster Node [{0}] is {1}", me.Address, me.Status);
    }

    private void Publish(IClusterDomainEvent happened) => _cluster.System.EventStream.Publish(happened);

    // A callback that throws must not keep the others from being called.
    private void RunAll(List<Action> callbacks)
    {
        foreach (var callback in callbacks)
        {
            try
            {
                callback();
            }
            catch (Exception e)
            {
                _log.Error(e, "A callback for a change of cluster membership failed");
            }
        }
        callbacks.Clear();
    }

    internal sealed record Join(IReadOnlyList<Address> Addresses, TaskCompletionSource? Joined);

    internal sealed record Leave(Address Address, TaskCompletionSource? Left);

    internal sealed record BeginToLeave;

    internal sealed record Down(Address Address);

    internal sealed record Subscribe(IActorRef Subscriber, SubscriptionInitialStateMode Mode, Type[] To);

    internal sealed record Unsubscribe(IActorRef Subscriber, Type? To);

    internal sealed record SendState(IActorRef Receiver);

    internal sealed record OnUp(Action Callback);

    internal sealed record OnRemoved(Action Callback);
}
