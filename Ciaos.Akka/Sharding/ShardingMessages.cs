using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>What can travel between nodes.</summary>
public interface IClusterShardingSerializable;

/// <summary>What a region is told to do, as opposed to what it passes on.</summary>
public interface IShardRegionCommand;

/// <summary>A message, and the entity that it is for.</summary>
public sealed class ShardingEnvelope : IWrappedMessage
{
    public ShardingEnvelope(string entityId, object message)
    {
        EntityId = entityId;
        Message = message;
    }

    public string EntityId { get; }

    public object Message { get; }
}

/// <summary>
/// An entity tells its parent that it wants to stop. It is sent the stop message when nothing sent before is left,
/// and should then stop; what is sent to it meanwhile waits for its next incarnation.
/// </summary>
public sealed class Passivate : IShardRegionCommand
{
    public Passivate(object stopMessage)
    {
        StopMessage = stopMessage;
    }

    public object StopMessage { get; }
}

/// <summary>A region stops all its entities, and then itself.</summary>
public sealed class GracefulShutdown : IShardRegionCommand
{
    public static readonly GracefulShutdown Instance = new();

    private GracefulShutdown()
    {
    }
}
