using Akka.Actor;

namespace Akka.Cluster.Sharding;

// The parent of a shard's entities: it creates and supervises them, and tells the region what becomes of them. The
// region alone decides, and sends to the entities directly, so a message for an entity does not come past here.
internal sealed class Shard(IActorRef region, Func<string, Props> entityProps) : UntypedActor
{
    private readonly Dictionary<IActorRef, string> _idsByEntity = [];

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Start start:
                Create(start.EntityId);
                break;
            case Passivate passivate when _idsByEntity.TryGetValue(Sender, out var id):
                region.Tell(new WantsToStop(id, Sender, passivate.StopMessage));
                break;
            case Terminated terminated when _idsByEntity.Remove(terminated.ActorRef, out var id):
                region.Tell(new Stopped(id, terminated.ActorRef));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // A restart stops all children, and the watches end with this incarnation.
    protected override void PreRestart(Exception reason, object message)
    {
        foreach (var (entity, id) in _idsByEntity) region.Tell(new Stopped(id, entity));
        base.PreRestart(reason, message);
    }

    private void Create(string id)
    {
        try
        {
            var entity = Context.ActorOf(entityProps(id), Uri.EscapeDataString(id));
            Context.Watch(entity);
            _idsByEntity.Add(entity, id);
            region.Tell(new Started(id, entity));
        }
        catch (Exception e)
        {
            // Its props cannot be made. That is the entity's failure, not one of all that are in this shard.
            region.Tell(new Failed(id, e));
        }
    }

    internal sealed record Start(string EntityId);

    /// <summary>What a shard tells its region.</summary>
    internal abstract record Report(string EntityId);

    internal sealed record Started(string EntityId, IActorRef Entity) : Report(EntityId);

    internal sealed record Failed(string EntityId, Exception Cause) : Report(EntityId);

    internal sealed record WantsToStop(string EntityId, IActorRef Entity, object StopMessage) : Report(EntityId);

    internal sealed record Stopped(string EntityId, IActorRef Entity) : Report(EntityId);
}
