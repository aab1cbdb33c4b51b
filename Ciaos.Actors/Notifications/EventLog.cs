using Ciaos.Actors.Feed;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Notifications;

/// <summary>The index's events, read from its journal beside those that write it. Calls block.</summary>
internal sealed class EventLog(JournalReader journal, int shards)
{
    /// <summary>The key of a bucket's configuration that holds its targets.</summary>
    public const string ConfigKey = "notification";

    /// <summary>How far back the event is looked for that has given a bucket a target.</summary>
    private const int MaxBucketEvents = 1_000;

    private readonly ShardJournal _events = new(journal, shards);

    public int Shards => shards;

    /// <summary>Grows with everything that is written.</summary>
    public long Length() => journal.HighestOrdering();

    /// <summary>Events of a shard behind a number, in order. Read while they are asked for.</summary>
    public IEnumerable<(long Sequence, IKeyEvent? Event)> After(int shard, long sequence, int max) =>
        _events.After(shard, sequence, max);

    /// <summary>Where the shards were when the bucket got a target that it has had ever since.</summary>
    /// <param name="hasTarget">Says it of the bucket with a configuration that it had.</param>
    public long[] StartOf(BucketInfo bucket, Func<BucketInfo, bool> hasTarget)
    {
        var begin = ConfiguredAt(bucket, hasTarget);
        return [.. Enumerable.Range(0, shards).Select(shard => LastBefore(ShardJournal.NameOf(shard), begin))];
    }

    // In the order in which the journal was written.
    private long ConfiguredAt(BucketInfo bucket, Func<BucketInfo, bool> hasTarget)
    {
        var from = Math.Max(1, bucket.Version - MaxBucketEvents);
        var (begin, had) = ((long?)null, false);
        foreach (var entry in journal.Events(
            ShardContext.PersistenceIdOf(0), from, bucket.Version, MaxBucketEvents + 1))
        {
            var config = IndexEventCodec.Decode(entry.Manifest, entry.Message) switch
            {
                BucketConfigured configured when configured.Bucket == bucket.Id
                    && configured.Changes.TryGetValue(ConfigKey, out var text) =>
                    text is null ? bucket.Config.Remove(ConfigKey) : bucket.Config.SetItem(ConfigKey, text),
                BucketMade made when made.Bucket == bucket.Id => made.Config,
                _ => null,
            };
            if (config is null) continue;
            var has = hasTarget(bucket with { Config = config });
            if (has && !had) begin = entry.Ordering;
            had = has;
        }

        return begin ?? journal.HighestOrdering();
    }

    /// <summary>The highest number of an event that was written before; by halving, since both grow together.</summary>
    private long LastBefore(string name, long ordering)
    {
        var (low, high) = (0L, journal.HighestSequenceNr(name));
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var entry = journal.Events(name, middle, high, 1).FirstOrDefault();
            if (entry is null || entry.Ordering > ordering) high = middle - 1;
            else low = entry.SequenceNr;
        }

        return low;
    }
}
