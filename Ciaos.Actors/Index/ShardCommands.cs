using Akka.Actor;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>Commands that write: judged by what is under way, made events, answered when those are durable.</summary>
internal sealed class ShardCommands(
    ShardContext shard,
    ShardStates states,
    ShardWrites writes,
    OutgoingRenames renames,
    IActorRef self)
{
    private readonly HashSet<RenameId> _arriving = [];

    public DateTimeOffset Now => Micros.Cut(shard.Time.GetUtcNow());

    public void Handle(IKeyCommand command, IActorRef client)
    {
        var name = new KeyName(command.Bucket, command.Key);
        if (command is RenameProtocol.Forget forget)
        {
            shard.Writer.Tell(new CatalogProtocol.ForgetArrival(forget.Rename), self);
        }
        else if (writes.Unanswered + renames.Unanswered >= shard.Settings.MaxPending)
        {
            client.Tell(new Failed(
                FailReason.Overloaded, $"The shard has {shard.Settings.MaxPending} unanswered commands already"));
        }
        else if (command is RenameProtocol.Accept accept)
        {
            Accept(accept, name, client);
        }
        else if (renames.Find(name) is { } rename)
        {
            rename.Deferred.Enqueue((command, client));
        }
        else
        {
            Write(command, name, client);
        }
    }

    private void Write(IKeyCommand command, KeyName name, IActorRef client)
    {
        var now = states.Get(name)?.Record;
        switch (command)
        {
            case Put put:
                Store(CommandRules.Decide(put, now, Now), name, client);
                break;
            case Append append:
                Store(CommandRules.Decide(append, now, Now), name, client);
                break;
            case Delete delete:
                var decision = CommandRules.Decide(delete, now, Now);
                if (decision.Event is null) Refuse(decision.Refusal!, name, client);
                else writes.Add(decision.Event, new Waiting(client, new Deleted(now!)));
                break;
            case Rename rename:
                Move(rename, name, client);
                break;
            case DeleteVersion or ChangeMetadata or BeginMultipart or PutPart or CompleteMultipart or AbortMultipart:
                client.Tell(new Failed(FailReason.Unavailable, "not built yet"));
                break;
            default:
                throw new ArgumentException($"{command.GetType().Name} is not known", nameof(command));
        }
    }

    private void Store(Decision decision, KeyName name, IActorRef client)
    {
        if (decision.Event is null)
        {
            Refuse(decision.Refusal!, name, client);
            return;
        }

        var existed = states.Get(name) is not null;
        writes.Add(decision.Event, state => new Waiting(client, new Stored(state!.Record, !existed)));
    }

    private void Move(Rename rename, KeyName name, IActorRef client)
    {
        var newName = new KeyName(rename.Bucket, rename.NewKey);
        if (states.Get(name) is not { } state)
        {
            Refuse(KeyNotFound.Instance, name, client);
        }
        else if (rename.Key == rename.NewKey)
        {
            Refuse(new KeyExists(state.Record), name, client);
        }
        else if (shard.Layout.ShardOf(rename.Bucket, rename.NewKey) != shard.Shard)
        {
            MoveAway(rename, state, client);
        }
        else if (renames.Find(newName) is { } other)
        {
            other.Deferred.Enqueue((rename, client));
        }
        else if (states.Get(newName) is { } existing)
        {
            Refuse(new KeyExists(existing.Record), newName, client, alsoSpeaksOf: name);
        }
        else
        {
            writes.Add(
                new ObjectRenamed(rename.Bucket, rename.Key, Now, rename.NewKey),
                _ => new Waiting(client, new Renamed(states.Get(newName)!.Record)));
        }
    }

    private void MoveAway(Rename rename, ObjectState state, IActorRef client)
    {
        var limit = shard.Settings.RenameMaxSegments;
        if (state.Record.SegmentCount > limit)
            client.Tell(new Failed(
                FailReason.TooManySegments,
                $"The object has {state.Record.SegmentCount} pieces, with more than {limit} it cannot be renamed: "
                + "write it anew under the new key, then delete the old one"));
        else
            renames.Start(state, rename.NewKey, client, Now);
    }

    // Whether it has been done before is asked first: only then does a refusal mean that it has not.
    private void Accept(RenameProtocol.Accept accept, KeyName name, IActorRef source)
    {
        if (_arriving.Contains(accept.Rename))
        {
            Refuse(
                new RenameProtocol.Accepted(accept.Rename, states.Get(name)?.Record ?? RecordOf(accept)), name, source);
        }
        else if (shard.Readers.Read(reader => reader.HasArrived(accept.Rename)))
        {
            source.Tell(
                new RenameProtocol.Accepted(accept.Rename, states.GetApplied(name)?.Record ?? RecordOf(accept)));
        }
        else if (renames.Find(name) is not null)
        {
            source.Tell(new RenameProtocol.Busy(accept.Rename, accept.Attempt));
        }
        else if (states.Get(name) is { } existing)
        {
            Refuse(new RenameProtocol.Refused(accept.Rename, accept.Attempt, existing.Record), name, source);
        }
        else
        {
            _arriving.Add(accept.Rename);
            writes.Add(
                new ObjectRenamedFrom(accept.Bucket, accept.Key, Now, accept.Rename, accept.Object),
                state => new Waiting(null, null, () =>
                {
                    CrashPoints.Reach(CrashPoint.RenameArrived);
                    _arriving.Remove(accept.Rename);
                    source.Tell(new RenameProtocol.Accepted(accept.Rename, state!.Record));
                }));
        }
    }

    // A refusal may speak of what is not durable yet: then it waits until that is.
    private void Refuse(object reply, KeyName name, IActorRef client, KeyName? alsoSpeaksOf = null)
    {
        var batch = states.PendingBatch(name);
        if (alsoSpeaksOf is { } other && states.PendingBatch(other) is { } others
            && (batch is null || others.FromSequence > batch.FromSequence))
            batch = others;
        if (batch is not null) writes.Attach(batch, new Waiting(client, reply));
        else client.Tell(reply);
    }

    private static ObjectRecord RecordOf(RenameProtocol.Accept accept)
    {
        var moved = accept.Object;
        return new ObjectRecord(
            accept.Bucket, accept.Key, moved.Id, 0, moved.SizeBytes, moved.FileCount, moved.SegmentCount,
            moved.Created, moved.Modified, moved.Metadata);
    }
}
