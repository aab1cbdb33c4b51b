using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// The renames that take a shard's objects to other shards. Each has a saga of its own:
/// <code>
/// source                                  target
/// RenameStarted: the key is locked
///   Accept, again and again             → new key free: ObjectRenamedFrom, the rename has happened
/// ObjectRenamedTo: the old key is gone  ← Accepted
///   Forget                              →
/// or RenameAborted: the key is unlocked ← Refused (taken), Busy for too long
/// </code>
/// After a crash recovery finds the locked keys in the catalog and asks again.
/// </summary>
/// <param name="handle">Takes a command that had to wait.</param>
internal sealed class OutgoingRenames(
    ShardContext shard,
    IActorRef self,
    SegmentPages pages,
    ShardWrites writes,
    Action<IKeyCommand, IActorRef> handle,
    ILoggingAdapter log)
{
    private readonly Dictionary<KeyName, OutgoingRename> _byKey = [];

    private IActorRef Region => shard.Region();

    /// <summary>Commands and renames that are not answered yet.</summary>
    public int Unanswered => _byKey.Values.Sum(rename => rename.Deferred.Count + (rename.Client is null ? 0 : 1));

    public OutgoingRename? Find(KeyName name) => _byKey.GetValueOrDefault(name);

    /// <summary>Locks the key and journals the start; the target is asked when that is durable and in the
    /// catalog.</summary>
    public void Start(ObjectState state, ObjectKey newKey, IActorRef client, DateTimeOffset at)
    {
        var rename = Lock(state.Name, newKey, writes.NextSequence, client);
        writes.Add(
            new RenameStarted(state.Record.Bucket, state.Record.Key, at, newKey),
            new Waiting(null, null, () =>
            {
                CrashPoints.Reach(CrashPoint.RenameStarted);
                Ask(rename, state);
            }));
    }

    /// <summary>Goes on with a rename that was under way when the shard stopped.</summary>
    public void Resume(ObjectState state) =>
        Ask(Lock(state.Name, state.Move!.NewKey, state.Move.StartedSequence, client: null), state);

    public void Accepted(RenameProtocol.Accepted accepted, DateTimeOffset at)
    {
        if (FindOpen(accepted.Rename) is not { } rename) return;
        rename.IsEnding = true;
        var ended = new ObjectRenamedTo(
            rename.Name.Bucket, rename.Name.Key, at, rename.Id.StartedSequence, rename.NewKey);
        writes.Add(ended, new Waiting(null, null, () =>
        {
            CrashPoints.Reach(CrashPoint.RenameCompleted);
            Region.Tell(new RenameProtocol.Forget(rename.Name.Bucket, rename.NewKey, rename.Id), self);
            End(rename, new Renamed(accepted.Object));
        }));
    }

    public void Refused(RenameProtocol.Refused refused, DateTimeOffset at)
    {
        if (FindOpen(refused.Rename) is { } rename && refused.Attempt == rename.Attempt)
            Abort(
                rename,
                refused.Existing.IsDeleteMarker ? Versioned(rename.NewKey) : new KeyExists(refused.Existing), at);
    }

    public static Failed Versioned(ObjectKey key) =>
        new(FailReason.Versioned, $"The key {key} has versions, which a rename would lose");

    public void Busy(RenameProtocol.Busy busy, DateTimeOffset at)
    {
        if (FindOpen(busy.Rename) is { } rename && busy.Attempt == rename.Attempt
            && shard.Time.GetElapsedTime(rename.BeganAt) >= shard.Settings.RenameBusyTimeout)
            Abort(rename, new Failed(FailReason.Unavailable, $"The key {rename.NewKey} is itself being renamed"), at);
    }

    /// <summary>Asks again where there was no answer for too long.</summary>
    public void Retry()
    {
        foreach (var rename in _byKey.Values.Where(IsOverdue).ToList()) Ask(rename, state: null);
    }

    public void FailAll(Failed failure)
    {
        foreach (var rename in _byKey.Values)
        {
            rename.Client?.Tell(failure);
            foreach (var (_, client) in rename.Deferred) client.Tell(failure);
        }
    }

    private bool IsOverdue(OutgoingRename rename) =>
        rename is { IsEnding: false, IsDurable: true }
        && shard.Time.GetElapsedTime(rename.AskedAt) >= shard.Settings.RenameRetry;

    private OutgoingRename? FindOpen(RenameId id) =>
        _byKey.Values.FirstOrDefault(rename => rename.Id == id && !rename.IsEnding);

    private OutgoingRename Lock(KeyName name, ObjectKey newKey, long startedSequence, IActorRef? client)
    {
        var rename = new OutgoingRename(name, newKey, new RenameId(shard.Shard, startedSequence), client)
        {
            BeganAt = shard.Time.GetTimestamp(),
        };
        _byKey.Add(name, rename);
        return rename;
    }

    private void Ask(OutgoingRename rename, ObjectState? state)
    {
        rename.IsDurable = true;
        rename.AskedAt = shard.Time.GetTimestamp();
        rename.State ??= state;
        try
        {
            rename.Object ??= Read(rename.State!);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            log.Warning(failure, "Rename {0} waits: its segments could not be read", rename.Id);
            return;
        }

        rename.Attempt++;
        Region.Tell(
            new RenameProtocol.Accept(
                rename.Name.Bucket, rename.NewKey, rename.Id, rename.Attempt, rename.Object), self);
    }

    private MovedObject Read(ObjectState state)
    {
        var record = state.Record;
        return new MovedObject(
            record.Key, record.Id, record.Created, record.Modified, record.SizeBytes, record.FileCount,
            record.SegmentCount, record.Metadata, pages.AllRuns(ContentView.Of(state)));
    }

    private void Abort(OutgoingRename rename, IReply reply, DateTimeOffset at)
    {
        rename.IsEnding = true;
        writes.Add(
            new RenameAborted(rename.Name.Bucket, rename.Name.Key, at, rename.Id.StartedSequence),
            new Waiting(null, null, () =>
            {
                CrashPoints.Reach(CrashPoint.RenameAborted);
                End(rename, reply);
            }));
    }

    // The lock goes first: one of the commands that waited may be a rename, which locks the key again for the rest.
    private void End(OutgoingRename rename, IReply reply)
    {
        _byKey.Remove(rename.Name);
        rename.Client?.Tell(reply);
        foreach (var (command, client) in rename.Deferred) handle(command, client);
    }
}

/// <summary>One object on its way to another shard.</summary>
internal sealed class OutgoingRename(KeyName name, ObjectKey newKey, RenameId id, IActorRef? client)
{
    public KeyName Name { get; } = name;

    public ObjectKey NewKey { get; } = newKey;

    public RenameId Id { get; } = id;

    public IActorRef? Client { get; } = client;

    /// <summary>Commands on the key that came since, in order.</summary>
    public Queue<(IKeyCommand Command, IActorRef Client)> Deferred { get; } = new();

    public ObjectState? State { get; set; }

    public MovedObject? Object { get; set; }

    public long BeganAt { get; set; }

    public long AskedAt { get; set; }

    public int Attempt { get; set; }

    /// <summary>Its start is in the catalog.</summary>
    public bool IsDurable { get; set; }

    /// <summary>Its end is on its way to the journal.</summary>
    public bool IsEnding { get; set; }
}
