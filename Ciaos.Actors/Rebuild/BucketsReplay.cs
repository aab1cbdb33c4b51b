using System.Globalization;
using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Rebuild;

/// <summary>
/// Makes the journal of the keeper of buckets and its part of the catalog. Its first event is
/// <see cref="IndexCreated"/>, and buckets get their numbers in a row: so it is known which were made by events that
/// are missing, but for their names. A bucket whose id stands anywhere in the volumes is never given out again.
/// </summary>
internal sealed class BucketsReplay(RebuildWork work, long highestBucket)
{
    private readonly ShardContext _context = work.ContextOf(IndexSystem.BucketsShard);
    private readonly SortedDictionary<long, (IIndexEvent Event, EncodedEvent Encoded)> _found = [];
    private readonly SortedSet<long> _missing = [];
    private readonly Dictionary<long, BucketInfo> _buckets = [];
    private DateTimeOffset _at = DateTimeOffset.UnixEpoch;
    private long _next = 1;
    private long _firstChange;

    public void Run()
    {
        foreach (var (number, encoded) in work.Scratch.Events(_context.Stream)) Find(number, encoded);
        FindMissing();
        foreach (var (number, found) in _found)
        {
            var newest = Made(found.Event) ?? long.MaxValue;
            while (_next < number) Fill(newest);
            Take(found.Event, found.Encoded);
        }

        if (_next == 1) Fill(long.MaxValue);
        while (_missing.Count > 0) Fill(long.MaxValue);
        work.Journal.Flush();
        if (_firstChange == 0) _firstChange = _next;
        if (_firstChange > 1) work.Store.SetRecorded(_context.PersistenceId, _firstChange - 1);
    }

    private static long? Made(IIndexEvent message) =>
        message is BucketCreated or BucketMade ? ((IBucketEvent)message).Bucket.Value : null;

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

    private void Find(long number, EncodedEvent encoded)
    {
        var message = TryDecode(encoded);
        if (message is IndexCreated == (number == 1) && message is IndexCreated or IBucketEvent or BucketEventLost)
            _found.Add(number, (message, encoded));
        else
            work.Report.UnreadableEvents++;
    }

    private void FindMissing()
    {
        var made = _found.Values.Select(found => Made(found.Event)).OfType<long>().ToHashSet();
        var highest = _found.Values.Select(found => (found.Event as IBucketEvent)?.Bucket.Value ?? 0)
            .Append(highestBucket).Max();
        for (var bucket = 1L; bucket <= highest; bucket++)
            if (!made.Contains(bucket)) _missing.Add(bucket);
    }

    /// <param name="before">The event was made before this bucket was.</param>
    private void Fill(long before)
    {
        work.Report.Add(new EventHole(_context.PersistenceId, _next, _next));
        if (_next == 1)
            Take(new IndexCreated(work.Settings.Shards, _at), null);
        else if (_missing.Count > 0 && _missing.Min < before)
            Take(Recover(_missing.Min), null);
        else
            Take(new BucketEventLost(_at), null);
    }

    private BucketCreated Recover(long bucket)
    {
        _missing.Remove(bucket);
        var name = string.Create(CultureInfo.InvariantCulture, $"recovered-{bucket}");
        while (IsTaken(name)) name += "-";
        work.Report.Add(new RecoveredBucket(bucket, name));
        return new BucketCreated(new BucketId(bucket), _at, name);
    }

    private bool IsTaken(string name) =>
        _found.Values.Any(found => found.Event is BucketCreated created && created.Owner == name)
        || _found.Values.Any(found => found.Event is BucketMade made && made.Name == name);

    private void Take(IIndexEvent message, EncodedEvent? encoded)
    {
        if (message is IBucketEvent about && !CanFollow(about))
        {
            work.Report.DroppedEvents++;
            (message, encoded) = (new BucketEventLost(message.At), null);
        }

        if (encoded is null && _firstChange == 0) _firstChange = _next;
        var bytes = encoded
            ?? new EncodedEvent(IndexEventCodec.ManifestOf(message), IndexEventCodec.Encode(message));
        work.Journal.Add(_context.PersistenceId, _next, message, bytes);
        work.Store.Apply([new CatalogBatch(
            _context.PersistenceId, _context.Shard, _next - 1, _next, BucketApplication.Apply(message, _next, Find))]);
        Remember(message);
        _at = message.At > _at ? message.At : _at;
        _next++;
        work.Report.Events++;
    }

    // Its bucket may have been made by an event that is missing, and has got its place behind this one only.
    private bool CanFollow(IBucketEvent about) => Made(about) is { } made
        ? !_buckets.ContainsKey(made) && !_buckets.Values.Any(known => known.Name == NameOf(about))
        : _buckets.ContainsKey(about.Bucket.Value);

    private static string NameOf(IBucketEvent message) =>
        message is BucketMade made ? made.Name : ((BucketCreated)message).Owner;

    private BucketInfo? Find(BucketId bucket) => _buckets.GetValueOrDefault(bucket.Value);

    private void Remember(IIndexEvent message)
    {
        if (message is BucketDeleted deleted) _buckets.Remove(deleted.Bucket.Value);
        else if (message is IBucketEvent about)
            _buckets[about.Bucket.Value] = BucketApplication.After(about, _next, Find);
    }
}
