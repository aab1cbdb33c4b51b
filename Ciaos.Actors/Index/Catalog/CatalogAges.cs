using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>What of a bucket has reached some age, in pages, the oldest first. Safe for many threads; calls block while
/// the catalog is read.</summary>
internal sealed class CatalogAges(CatalogStore store, CatalogReaders readers)
{
    /// <summary>To be called before anything else is asked for; does nothing where they are there.</summary>
    public void MakeIndexes() => store.MakeAgeIndexes();

    /// <summary>Null: it was deleted.</summary>
    public BucketInfo? Find(BucketId bucket) => readers.Read(reader => reader.Buckets.Find(bucket));

    /// <param name="toMicros">The youngest that is wanted, inclusive; also below.</param>
    public AgePage<ObjectRecord> Objects(BucketId bucket, AgePlace after, long toMicros, int limit) => Page(
        reader => reader.Objects(bucket, after, toMicros, limit), limit,
        record => new AgePlace(Micros.From(record.Modified), record.Key.ToUtf8(), 0));

    public AgePage<ObjectRecord> LoneMarkers(BucketId bucket, AgePlace after, long toMicros, int limit) => Page(
        reader => reader.LoneMarkers(bucket, after, toMicros, limit), limit,
        record => new AgePlace(Micros.From(record.Modified), record.Key.ToUtf8(), 0));

    /// <summary>Older versions, by the time when they stopped being current.</summary>
    public AgePage<ObjectRecord> Versions(BucketId bucket, AgePlace after, long toMicros, int limit) =>
        Records(reader => reader.Versions(bucket, after, toMicros, limit), limit);

    /// <summary>Of one key, the older versions that are not among the newest <paramref name="keep"/>, the newest of
    /// them first.</summary>
    public AgePage<ObjectRecord> Excess(KeyName name, int keep, AgePlace after, long toMicros, int limit) =>
        Records(reader => reader.Excess(name, keep, after, toMicros, limit), limit);

    public AgePage<UploadRecord> Uploads(BucketId bucket, AgePlace after, long toMicros, int limit) => Page(
        reader => reader.Uploads(bucket, after, toMicros, limit), limit,
        upload => new AgePlace(Micros.From(upload.Begun), upload.Key.ToUtf8(), upload.Id.Sequence));

    private AgePage<ObjectRecord> Records(Func<AgeReader, List<ObjectState>> read, int limit)
    {
        var page = Page(read, limit, state => new AgePlace(
            Micros.From(state.Record.NoncurrentSince!.Value), state.Record.Key.ToUtf8(), -state.ContentSequence));
        return new AgePage<ObjectRecord>([.. page.Items.Select(state => state.Record)], page.Next);
    }

    private AgePage<T> Page<T>(Func<AgeReader, List<T>> read, int limit, Func<T, AgePlace> place)
    {
        var items = readers.Read(reader => read(reader.Ages));
        return new AgePage<T>(items, items.Count < limit ? null : place(items[^1]));
    }
}

/// <param name="Next">Where the next page begins; null: there is none.</param>
internal sealed record AgePage<T>(IReadOnlyList<T> Items, AgePlace? Next);
