using Akka.Actor;
using Akka.Event;

namespace Akka.Persistence;

internal sealed class RequestRecoveryPermit
{
    public static readonly RequestRecoveryPermit Instance = new();
}

internal sealed class RecoveryPermitGranted
{
    public static readonly RecoveryPermitGranted Instance = new();
}

internal sealed class ReturnRecoveryPermit
{
    public static readonly ReturnRecoveryPermit Instance = new();
}

/// <summary>
/// Keeps the journal from being flooded when thousands of actors start at once: only so many recover at a time, the
/// others wait in line. Who dies while it recovers gives its permit back by that; who dies waiting loses its place.
/// </summary>
internal sealed class RecoveryPermitter : UntypedActor
{
    private readonly LinkedList<IActorRef> _waiting = new();
    private readonly Dictionary<IActorRef, LinkedListNode<IActorRef>> _places = [];
    private readonly HashSet<IActorRef> _recovering = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly int _maxPermits;

    public RecoveryPermitter(int maxPermits)
    {
        _maxPermits = maxPermits;
    }

    public static Props Props(int maxPermits) => Actor.Props.Create(() => new RecoveryPermitter(maxPermits));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RequestRecoveryPermit:
                Request(Sender);
                break;
            case ReturnRecoveryPermit:
                Return(Sender);
                break;
            case Terminated terminated:
                if (_places.Remove(terminated.ActorRef, out var place)) _waiting.Remove(place);
                else Return(terminated.ActorRef);
                break;
        }
    }

    private void Request(IActorRef actor)
    {
        // A restarted actor asks again, but keeps its place.
        if (_places.ContainsKey(actor)) return;
        Context.Watch(actor);
        if (_recovering.Count < _maxPermits)
        {
            Grant(actor);
            return;
        }

        if (_waiting.Count == 0)
            _log.Debug("Exceeded max-concurrent-recoveries [{0}]. First pending {1}", _maxPermits, actor);
        _places[actor] = _waiting.AddLast(actor);
    }

    private void Grant(IActorRef actor)
    {
        _recovering.Add(actor);
        actor.Tell(RecoveryPermitGranted.Instance, Self);
    }

    private void Return(IActorRef actor)
    {
        Context.Unwatch(actor);
        if (!_recovering.Remove(actor) || _waiting.First is not { } next) return;
        _waiting.RemoveFirst();
        _places.Remove(next.Value);
        Grant(next.Value);
    }
}
