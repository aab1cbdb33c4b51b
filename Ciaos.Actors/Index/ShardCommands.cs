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
    SegmentPages pages,
    ClosedBuckets closed,
    DeferredCommands deferred,
    IActorRef self)
{
    private readonly HashSet<RenameId> _arriving = [];
    private readonly ShardReplies _replies = new(states, writes);
    private readonly ShardTokens _tokens = new(shard, states, writes);
    private readonly ShardVersions _versions = new(
        shard, states, writes, deferred, new ShardReplies(states, writes));
    private readonly ShardUploads _uploads = new(
        shard, states, writes, pages, deferred, new ShardReplies(states, writes));

    public DateTimeOffset Now => Micros.Cut(shard.Time.GetUtcNow());

    public void Handle(IKeyCommand command, IActorRef client)
    {
        var name = new KeyName(command.Bucket, command.Key);
        if (command is RenameProtocol.Forget forget)
        {
            shard.Writer.Tell(new CatalogProtocol.ForgetArrival(forget.Rename), self);
        }
        else if (writes.Unanswered + renames.Unanswered + deferred.Unanswered >= shard.Settings.MaxPending)
        {
            client.Tell(new Failed(
                FailReason.Overloaded, $"The shard has {shard.Settings.MaxPending} unanswered commands already"));
        }
        else if (command is RenameProtocol.Accept accept)
        {
            Accept(accept, name, client);
        }
        else if (closed.IsClosed(command.Bucket))
        {
            client.Tell(new Failed(FailReason.BucketClosed, "The bucket is being deleted, or has been"));
        }
        else if (renames.Find(name) is { } rename)
        {
            rename.Deferred.Enqueue((command, client));
        }
        else if (!deferred.TryQueue(name, command, client))
        {
            Write(command, name, client);
        }
    }

    /// <summary>Takes no further writes for the bucket, and answers when the catalog has all that came
    /// before.</summary>
    public void Close(ShardProtocol.CloseBucket close, IActorRef client)
    {
        closed.Close(close.Bucket);
        var reply = new ShardProtocol.BucketClosed(shard.Shard, close.Bucket);
        if (writes.Last is { } last) writes.Attach(last, new Waiting(null, null, () => client.Tell(reply)));
        else client.Tell(reply);
    }

    private void Write(IKeyCommand command, KeyName name, IActorRef client)
    {
        if (_tokens.TryAnswer(command, name, client)) return;
        var now = states.Get(name);
        switch (command)
        {
            case Put put:
                Store(CommandRules.Decide(put, now, Now), name, client);
                break;
            case Append append:
                Store(CommandRules.Decide(append, now, Now), name, client);
                break;
            case Delete delete:
                Remove(delete, now, name, client);
                break;
            case DeleteVersion delete:
                _versions.Delete(delete, name, client, Now);
                break;
            case ChangeMetadata change:
                _versions.Change(change, name, client, Now);
                break;
            case BeginMultipart begin:
                _uploads.Begin(begin, client, Now);
                break;
            case PutPart put:
                _uploads.Put(put, name, client, Now);
                break;
            case CompleteMultipart complete:
                _uploads.Complete(complete, name, client, Now);
                break;
            case AbortMultipart abort:
                _uploads.Abort(abort, name, client, Now);
                break;
            case Rename rename:
                Move(rename, name, client);
                break;
            default:
                throw new ArgumentException($"{command.GetType().Name} is not known", nameof(command));
        }
    }

    private void Store(Decision decision, KeyName name, IActorRef client)
    {
        if (decision.Event is null)
        {
            _replies.Refuse(decision.Refusal!, name, client);
            return;
        }

        var existed = CommandRules.Visible(states.Get(name)) is not null;
        writes.Add(decision.Event, state => new Waiting(client, new Stored(state!.Record, !existed)));
    }

    private void Remove(Delete delete, ObjectState? before, KeyName name, IActorRef client)
    {
        var decision = CommandRules.Decide(delete, before, Now, () => new ObjectId(shard.Needles.Next().Value));
        if (decision.Event is null) _replies.Refuse(decision.Refusal!, name, client);
        else if (decision.Event is ObjectMarkerPut)
            writes.Add(decision.Event, state => new Waiting(client, new MarkerMade(state!.Record)));
        else writes.Add(decision.Event, new Waiting(client, new Deleted(before!.Record)));
    }

    private void Move(Rename rename, KeyName name, IActorRef client)
    {
        var newName = new KeyName(rename.Bucket, rename.NewKey);
        var state = states.Get(name);
        if (CommandRules.Unmet(rename.If, state) is { } unmet)
        {
            _replies.Refuse(unmet, name, client);
        }
        else if (state is null || state.Record.IsDeleteMarker)
        {
            _replies.Refuse(CommandRules.NotFound(state), name, client);
        }
        else if (rename.Key == rename.NewKey)
        {
            _replies.Refuse(new KeyExists(state.Record), name, client);
        }
        else if (state.IsVersioned)
        {
            _replies.Refuse(OutgoingRenames.Versioned(rename.Key), name, client);
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
            IReply refusal = existing.Record.IsDeleteMarker
                ? OutgoingRenames.Versioned(rename.NewKey)
                : new KeyExists(existing.Record);
            _replies.Refuse(refusal, newName, client, alsoSpeaksOf: name);
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
            _replies.Refuse(
                new RenameProtocol.Accepted(accept.Rename, states.Get(name)?.Record ?? RecordOf(accept)), name, source);
        }
        else if (shard.Readers.Read(reader => reader.HasArrived(accept.Rename)))
        {
            source.Tell(
                new RenameProtocol.Accepted(accept.Rename, states.GetVisible(name)?.Record ?? RecordOf(accept)));
        }
        else if (renames.Find(name) is not null || closed.IsClosed(accept.Bucket))
        {
            source.Tell(new RenameProtocol.Busy(accept.Rename, accept.Attempt));
        }
        else if (states.Get(name) is { } existing)
        {
            _replies.Refuse(new RenameProtocol.Refused(accept.Rename, accept.Attempt, existing.Record), name, source);
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

    private static ObjectRecord RecordOf(RenameProtocol.Accept accept)
    {
        var moved = accept.Object;
        return new ObjectRecord(
            accept.Bucket, accept.Key, moved.Id, 0, moved.SizeBytes, moved.FileCount, moved.SegmentCount,
            moved.Created, moved.Modified, moved.Metadata);
    }
}
