using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Sharding;

// Stands for a region that another node has. There is no other node: it passes all on to this node's region, and until
// that has been started, keeps what it gets.
internal sealed class ShardRegionProxy(int bufferSize) : UntypedActor
{
    private readonly Queue<(object Message, IActorRef Sender)> _waiting = new();
    private IActorRef? _region;

    protected override void OnReceive(object message)
    {
        if (message is RegionIs started)
        {
            _region = started.Region;
            while (_waiting.TryDequeue(out var waiting)) _region.Tell(waiting.Message, waiting.Sender);
        }
        else if (message is GracefulShutdown)
        {
            Context.Stop(Self);
        }
        else if (_region is not null)
        {
            _region.Tell(message, Sender);
        }
        else if (_waiting.Count < bufferSize)
        {
            _waiting.Enqueue((message, Sender));
        }
        else
        {
            Context.System.DeadLetters.Tell(message, Sender);
        }
    }

    protected override void PostStop()
    {
        foreach (var (message, sender) in _waiting) Context.System.DeadLetters.Tell(message, sender);
    }

    internal sealed record RegionIs(IActorRef Region) : INoSerializationVerificationNeeded;
}
