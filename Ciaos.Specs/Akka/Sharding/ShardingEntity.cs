using Akka.Actor;
using Akka.Cluster.Sharding;

namespace Ciaos.Specs.Akka.Sharding;

/// <summary>A message for an entity.</summary>
public sealed record For(string Entity, object Message);

/// <summary>Tells its life to a probe, and answers with what it is told to say.</summary>
public sealed class TalkingEntity : UntypedActor
{
    private readonly IActorRef _probe;
    private readonly string _id;

    public TalkingEntity(string id, IActorRef probe)
    {
        _id = id;
        _probe = probe;
    }

    public static Func<string, Props> Props(IActorRef probe) =>
        id => global::Akka.Actor.Props.Create(() => new TalkingEntity(id, probe));

    protected override void PreStart() => _probe.Tell(new Started(_id, Self));

    protected override void PostStop() => _probe.Tell(new Stopped(_id));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case "fail":
                throw new InvalidOperationException("told to fail");
            case "stop":
                Context.Stop(Self);
                break;
            case "passivate":
                Context.Parent.Tell(new Passivate("please stop"));
                break;
            case "please stop":
                _probe.Tell(new WasAskedToStop(_id));
                break;
            default:
                Sender.Tell(new Said(_id, message));
                break;
        }
    }

    public sealed record Started(string Id, IActorRef Entity);

    public sealed record Stopped(string Id);

    public sealed record WasAskedToStop(string Id);

    public sealed record Said(string Id, object Message);

    /// <summary>Entities are spread over ten shards. It fails on request.</summary>
    public static IMessageExtractor Extractor { get; } = HashCodeMessageExtractor.Create(
        10,
        m => m is "fail" ? throw new InvalidOperationException("told to fail") : (m as For)?.Entity,
        m => m is For f ? f.Message : m);
}
