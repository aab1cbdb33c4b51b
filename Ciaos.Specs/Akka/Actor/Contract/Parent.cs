using Akka.Actor;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>Makes children on request, of Props or of Named, and supervises them as it was told.</summary>
internal sealed class Parent : ReceiveActor
{
    private readonly SupervisorStrategy _strategy;

    public Parent(SupervisorStrategy strategy)
    {
        _strategy = strategy;
        Receive<Props>(props => Sender.Tell(Context.ActorOf(props)));
        Receive<Named>(named => Sender.Tell(Context.ActorOf(named.Props, named.Name)));
        Receive<StopChild>(stop => Context.Stop(stop.Child));
        Receive<CountChildren>(_ => Sender.Tell(Context.GetChildren().Count()));
    }

    protected override SupervisorStrategy SupervisorStrategy() => _strategy;

    public sealed record Named(Props Props, string Name);

    public sealed record StopChild(IActorRef Child);

    public sealed record CountChildren;
}
