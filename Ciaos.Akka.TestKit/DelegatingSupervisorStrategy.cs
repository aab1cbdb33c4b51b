using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Util;

namespace Akka.TestKit;

/// <summary>Supervises each child of a test actor as the test said; stops those it said nothing of.</summary>
public class DelegatingSupervisorStrategy : SupervisorStrategy
{
    private readonly Dictionary<IActorRef, SupervisorStrategy> _delegates = [];

    public override IDecider Decider { get; } = Akka.Actor.Decider.From(StoppingStrategy.Decider.Decide);

    public void Update(IActorRef child, SupervisorStrategy supervisorStrategy) =>
        _delegates[child] = supervisorStrategy;

    public override void HandleChildTerminated(
        IActorContext actorContext, IActorRef child, IEnumerable<IInternalActorRef> children)
    {
        For(child).HandleChildTerminated(actorContext, child, children);
        _delegates.Remove(child);
    }

    public override void ProcessFailure(
        IActorContext context,
        bool restart,
        IActorRef child,
        Exception cause,
        ChildRestartStats stats,
        IReadOnlyCollection<ChildRestartStats> children) =>
        For(child).ProcessFailure(context, restart, child, cause, stats, children);

    public override ISurrogate ToSurrogate(ActorSystem system) =>
        throw new NotSupportedException("A strategy of a test stays in its process.");

    protected override Directive Handle(IActorRef child, Exception exception) =>
        For(child).Decider.Decide(exception);

    private SupervisorStrategy For(IActorRef child) => _delegates.GetValueOrDefault(child, StoppingStrategy);
}
