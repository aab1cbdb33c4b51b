using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Metrics;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>What shards say to the catalog's writer, and it to them.</summary>
internal static class CatalogProtocol
{
    /// <summary>Answered by <see cref="Applied"/> or <see cref="NotApplied"/>.</summary>
    /// <param name="IsUrgent">Somebody waits for it; else it may wait for others.</param>
    public sealed record Apply(CatalogBatch Batch, bool IsUrgent = true);

    /// <summary>Batches in their order, for each of which its shard is answered as for <see cref="Apply"/>.</summary>
    public sealed record ApplyAll(ImmutableArray<(IActorRef Shard, CatalogBatch Batch)> Batches);

    /// <summary>Apply what waits. Not answered.</summary>
    public sealed record Hurry
    {
        public static readonly Hurry Instance = new();
    }

    /// <summary>Apply what waits, and answer with <see cref="Settled"/>, whether it succeeded or not.</summary>
    public sealed record Settle
    {
        public static readonly Settle Instance = new();
    }

    /// <param name="Failure">Why the catalog lacks something that was sent before; null: it lacks nothing.</param>
    public sealed record Settled(Failed? Failure)
    {
        public static readonly Settled Whole = new(Failure: null);
    }

    public sealed record Applied(long ToSequence);

    public sealed record NotApplied(long ToSequence, Failed Failure)
    {
        public static NotApplied Stopped(CatalogBatch batch) => new(
            batch.ToSequence, new Failed(FailReason.Unavailable, "The catalog's writer was stopped"));
    }

    /// <summary>Remove some rows of an ended content. Answered by <see cref="Purged"/>.</summary>
    public sealed record Purge(int Shard, long ContentSequence, int MaxRows);

    /// <param name="HasMore">Rows are left, or the step failed: try again later.</param>
    public sealed record Purged(long ContentSequence, bool HasMore, bool Failed);

    /// <summary>All events of that journal up to this one are in volumes too. Not answered: a note that is missing
    /// costs no more than that some events are recorded twice.</summary>
    public sealed record SetRecorded(string PersistenceId, long Sequence);

    /// <summary>Do what was sent before, then stop.</summary>
    public sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    /// <summary>Not answered: what is forgotten late does no harm.</summary>
    public sealed record ForgetArrival(RenameId Rename);
}

// Owns the catalog's writing in the course of business: whatever the shards have sent while a transaction ran goes into
// the next one. Runs on ciaos.index.catalog-dispatcher, a thread of its own. When a transaction fails, its batches are
// tried one by one, so that the fault of one shard does not stop the others; a shard whose batch failed starts again
// and applies what is missing from its journal. Until it has, who asks whether the catalog is whole is told that it is
// not.
internal sealed class CatalogWriterActor : ReceiveActor
{
    /// <summary>More are not gathered for one transaction.</summary>
    public const int MaxChanges = 8_000;

    private readonly CatalogStore _store;
    private readonly StoreMetrics? _metrics = StoreMetricsSetup.Of(Context.System);
    private readonly List<(IActorRef Shard, CatalogBatch Batch)> _waiting = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, (long Sequence, Failed Failure)> _missing = [];
    private int _changes;
    private bool _isFlushQueued;

    public CatalogWriterActor(CatalogStore store)
    {
        _store = store;
        Receive<CatalogProtocol.Apply>(apply => Gather([(Sender, apply.Batch)]));
        Receive<CatalogProtocol.ApplyAll>(all => Gather(all.Batches));
        Receive<Flush>(_ => WriteAll());
        Receive<CatalogProtocol.Hurry>(_ => WriteAll());
        Receive<CatalogProtocol.Settle>(_ =>
        {
            WriteAll();
            Sender.Tell(Settled());
        });
        Receive<CatalogProtocol.Purge>(Purge);
        Receive<CatalogProtocol.ForgetArrival>(Forget);
        Receive<CatalogProtocol.SetRecorded>(SetRecorded);
    }

    public static Props Props(CatalogStore store) => Akka.Actor.Props
        .Create(() => new CatalogWriterActor(store)).WithDispatcher("ciaos.index.catalog-dispatcher");

    protected override void PostStop()
    {
        foreach (var (shard, batch) in _waiting) shard.Tell(CatalogProtocol.NotApplied.Stopped(batch));
    }

    private void Gather(ImmutableArray<(IActorRef Shard, CatalogBatch Batch)> batches)
    {
        _metrics?.Mailboxes.Taken(Mailbox.Catalog);
        _waiting.AddRange(batches);
        foreach (var (_, batch) in batches) _changes += batch.Changes.Count;
        if (_changes >= MaxChanges)
        {
            WriteAll();
            return;
        }

        // It queues behind the batches that are already in the mailbox, so one transaction takes them all.
        if (!_isFlushQueued) Self.Tell(Flush.Instance);
        _isFlushQueued = true;
    }

    // What failed is applied by its shard when it starts again.
    private CatalogProtocol.Settled Settled()
    {
        foreach (var (id, missing) in _missing)
        {
            try
            {
                if (_store.AppliedSequence(id) >= missing.Sequence) _missing.Remove(id);
                else return new CatalogProtocol.Settled(missing.Failure);
            }
            catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
            {
                return new CatalogProtocol.Settled(IndexFailures.Of("The catalog could not be read", failure));
            }
        }

        return CatalogProtocol.Settled.Whole;
    }

    private void WriteAll()
    {
        _isFlushQueued = false;
        if (_waiting.Count == 0) return;
        var work = _waiting.ToArray();
        if (work.Length == 1 || !TryWrite(work, report: false))
            foreach (var one in work) TryWrite([one], report: true);
        _waiting.Clear();
        _changes = 0;
    }

    private bool TryWrite((IActorRef Shard, CatalogBatch Batch)[] work, bool report)
    {
        try
        {
            _store.Apply([.. work.Select(item => item.Batch)]);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            if (!report) return false;
            _log.Error(failure, "The catalog could not be written");
            _metrics?.Errors.Add(StoreError.Catalog);
            var reason = IndexFailures.Of("The catalog could not be written", failure);
            foreach (var (shard, batch) in work)
            {
                _missing[batch.PersistenceId] = (batch.ToSequence, reason);
                shard.Tell(new CatalogProtocol.NotApplied(batch.ToSequence, reason));
            }

            return false;
        }

        foreach (var (shard, batch) in work) shard.Tell(new CatalogProtocol.Applied(batch.ToSequence));
        return true;
    }

    private void Purge(CatalogProtocol.Purge purge)
    {
        WriteAll();
        try
        {
            var hasMore = _store.Purge(purge.Shard, purge.ContentSequence, purge.MaxRows);
            Sender.Tell(new CatalogProtocol.Purged(purge.ContentSequence, hasMore, Failed: false));
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            _log.Warning(
                failure, "Rows of ended content {0} of shard {1} stay for now", purge.ContentSequence, purge.Shard);
            Sender.Tell(new CatalogProtocol.Purged(purge.ContentSequence, HasMore: true, Failed: true));
        }
    }

    private void Forget(CatalogProtocol.ForgetArrival forget)
    {
        WriteAll();
        try
        {
            _store.ForgetArrival(forget.Rename);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            _log.Warning(failure, "The mark of rename {0} stays in the catalog", forget.Rename);
        }
    }

    private void SetRecorded(CatalogProtocol.SetRecorded recorded)
    {
        WriteAll();
        try
        {
            _store.SetRecorded(recorded.PersistenceId, recorded.Sequence);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            _log.Warning(failure, "What volumes hold of {0} is not noted", recorded.PersistenceId);
        }
    }

    private sealed record Flush
    {
        public static readonly Flush Instance = new();
    }
}
