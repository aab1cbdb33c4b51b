using System.Globalization;
using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Rebuild;

/// <summary>
/// Makes the journal of the keeper of buckets and its part of the catalog. Its first event is
/// <see cref="IndexCreated"/>, and each further one gives out the next bucket: so a missing event is known but for the
/// owner's name, and a bucket whose id stands anywhere in the volumes is never given out again.
/// </summary>
internal sealed class BucketsReplay(RebuildWork work, long highestBucket)
{
    private readonly ShardContext _context = work.ContextOf(IndexSystem.BucketsShard);
    private readonly HashSet<string> _owners = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, (IIndexEvent Event, EncodedEvent Encoded)> _found = [];
    private DateTimeOffset _at = DateTimeOffset.UnixEpoch;
    private long _firstChange;

    public void Run()
    {
        foreach (var (number, encoded) in work.Scratch.Events(_context.Stream)) Find(number, encoded);
        var last = Math.Max(highestBucket + 1, _found.Keys.LastOrDefault(1));
        for (var number = 1L; number <= last; number++)
        {
            if (_found.TryGetValue(number, out var found)) Take(number, found.Event, found.Encoded);
            else Take(number, MakeUp(number), null);
        }

        work.Journal.Flush();
        if (_firstChange == 0) _firstChange = last + 1;
        if (_firstChange > 1) work.Store.SetRecorded(_context.PersistenceId, _firstChange - 1);
    }

    private void Find(long number, EncodedEvent encoded)
    {
        if (TryDecode(encoded) is { } message && Fits(number, message))
        {
            _found.Add(number, (message, encoded));
            if (message is BucketCreated created) _owners.Add(created.Owner);
        }
        else
        {
            work.Report.UnreadableEvents++;
        }
    }

    private static IIndexEvent? TryDecode(EncodedEvent encoded)
    {
        try
        {
            return IndexEventCodec.Decode(encoded.Manifest, encoded.Payload);
        }
        catch (SerializationException)
        {
            return null;
        }
    }

    private static bool Fits(long number, IIndexEvent message) => message switch
    {
        IndexCreated => number == 1,
        BucketCreated created => created.Bucket.Value == number - 1,
        _ => false,
    };

    private IIndexEvent MakeUp(long number)
    {
        _firstChange = _firstChange == 0 ? number : _firstChange;
        work.Report.Add(new EventHole(_context.PersistenceId, number, number));
        if (number == 1) return new IndexCreated(work.Settings.Shards, _at);
        var bucket = number - 1;
        var owner = string.Create(CultureInfo.InvariantCulture, $"recovered-{bucket}");
        while (!_owners.Add(owner)) owner += "-";
        work.Report.Add(new RecoveredBucket(bucket, owner));
        return new BucketCreated(new BucketId(bucket), _at, owner);
    }

    private void Take(long number, IIndexEvent message, EncodedEvent? encoded)
    {
        var bytes = encoded
            ?? new EncodedEvent(IndexEventCodec.ManifestOf(message), IndexEventCodec.Encode(message));
        work.Journal.Add(_context.PersistenceId, number, message, bytes);
        CatalogChange change = message is BucketCreated created
            ? new CatalogChange.AddBucket(created.Bucket, created.Owner)
            : new CatalogChange.SetShards(((IndexCreated)message).Shards);
        work.Store.Apply([new CatalogBatch(_context.PersistenceId, _context.Shard, number - 1, number, [change])]);
        _at = message.At;
        work.Report.Events++;
    }
}
