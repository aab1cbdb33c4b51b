using Akka.Actor;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>Commands on single versions of keys.</summary>
internal sealed class ShardVersions(
    ShardContext shard, ShardStates states, ShardWrites writes, DeferredCommands deferred, ShardReplies replies)
{
    public void Delete(DeleteVersion delete, KeyName name, IActorRef client, DateTimeOffset at)
    {
        if (states.PendingBatch(name) is { } batch)
        {
            deferred.Wait(name, batch, delete, client);
            return;
        }

        var version = Find(name, delete.Version);
        var decision = CommandRules.Decide(delete, version, at);
        if (decision.Event is null) client.Tell(decision.Refusal!);
        else writes.Add(decision.Event, new Waiting(client, new VersionDeleted(version!.Record)));
    }

    public void Change(ChangeMetadata change, KeyName name, IActorRef client, DateTimeOffset at)
    {
        var current = states.Get(name);
        var isCurrent = current is null || (change.Version ?? current.Record.VersionId) == current.Record.VersionId;
        if (!isCurrent && states.PendingBatch(name) is { } batch)
        {
            deferred.Wait(name, batch, change, client);
            return;
        }

        var version = isCurrent ? current : Find(name, change.Version!.Value);
        var decision = CommandRules.Decide(change, version, at);
        if (decision.Event is not ObjectMetadataChanged changed)
        {
            replies.Refuse(decision.Refusal!, name, client);
            return;
        }

        var record = VersionApplication.Changed(version!.Record, changed, writes.NextSequence);
        writes.Add(changed, new Waiting(client, new Changed(record)));
    }

    // Nothing of the key is under way: the catalog has all.
    private ObjectState? Find(KeyName name, VersionId id)
    {
        if (states.Get(name) is not { } current) return null;
        return current.Record.VersionId == id ? current : shard.Readers.Read(reader => reader.FindVersion(name, id));
    }
}
