using System.Text;
using Akka.Actor;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// Listing as range scans of the catalog. A shard acknowledges a write only when the catalog's writer has it, which is
/// told to catch up before a page is read, and each page is read as the catalog is then: so a listing has every write
/// that was acknowledged before it began, and all of a page as it was at one moment.
/// </summary>
internal sealed class CatalogListing(
    CatalogReaders readers, ShardLayout layout, IActorRef writer) : IObjectListing
{
    public async Task CatchUpAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        var settled = await writer.Ask<CatalogProtocol.Settled>(CatalogProtocol.Settle.Instance, timeout, cancellation);
        if (settled.Failure is { } failure) throw new IndexFailedException(failure);
    }

    public ObjectPage List(BucketId bucket, string prefix, string after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfEqual(limit, int.MaxValue);
        var from = From(prefix, after);
        var found = readers.Read(reader => reader.List(bucket, from, EndOf(prefix), limit + 1));
        var hasMore = found.Count > limit;
        if (hasMore) found.RemoveAt(limit);
        return new ObjectPage(found, hasMore);
    }

    public KeyPage ListKeys(BucketId bucket, KeyQuery query) => readers.Read(reader => reader.InSnapshot(() =>
    {
        var scan = new DelimitedScan<ObjectRecord>(
            query.Prefix, query.Delimiter,
            (place, limit) => reader.Versions.Keys(bucket, place, EndOf(query.Prefix), limit),
            record => record.Key.ToUtf8(), record => new ScanPlace(record.Key.ToUtf8(), Behind: true));
        var (entries, hasMore) = scan.Page(query.After, null, query.Limit);
        return new KeyPage(entries, hasMore);
    }));

    public VersionPage ListVersions(BucketId bucket, VersionQuery query) =>
        readers.Read(reader => reader.InSnapshot(() =>
        {
            var scan = new DelimitedScan<ObjectState>(
                query.Prefix, query.Delimiter,
                (place, limit) => reader.Versions.All(bucket, place, EndOf(query.Prefix), limit),
                state => state.Record.Key.ToUtf8(),
                state => new ScanPlace(state.Record.Key.ToUtf8(), Behind: false, -state.ContentSequence));
            var (entries, hasMore) = scan.Page(query.KeyMarker, MarkerPlace(reader, bucket, query), query.Limit);
            return new VersionPage(
                [.. entries.Select(entry => new ListEntry<ObjectRecord>(entry.Item?.Record, entry.CommonPrefix))],
                hasMore);
        }));

    public UploadPage ListUploads(BucketId bucket, UploadQuery query) =>
        readers.Read(reader => reader.InSnapshot(() =>
        {
            var scan = new DelimitedScan<UploadRecord>(
                query.Prefix, query.Delimiter,
                (place, limit) => reader.Uploads.All(bucket, place, EndOf(query.Prefix), limit),
                upload => upload.Key.ToUtf8(),
                upload => new ScanPlace(upload.Key.ToUtf8(), Behind: false, upload.Id.Sequence));
            var (entries, hasMore) = scan.Page(query.KeyMarker, query.UploadMarker?.Sequence, query.Limit);
            return new UploadPage(entries, hasMore);
        }));

    public PartPage? ListParts(
        BucketId bucket, ObjectKey key, UploadId upload, int afterNumber, int limit) =>
        readers.Read(reader => reader.InSnapshot(() =>
        {
            if (reader.Uploads.Find(new KeyName(bucket, key), upload) is not { } record) return null;
            if (limit == 0) return new PartPage(record, [], HasMore: false);
            var found = reader.Uploads.Parts(layout.ShardOf(bucket, key), upload, afterNumber, limit + 1);
            return new PartPage(record, [.. found.Take(limit).Select(part => part.Record)], found.Count > limit);
        }));

    public BucketPage ListBuckets(string? owner, string prefix, string after, int limit)
    {
        if (limit == 0) return new BucketPage([], HasMore: false);
        var from = From(prefix, after);
        var found = readers.Read(reader => reader.Buckets.List(owner, from, EndOf(prefix), limit + 1));
        return new BucketPage([.. found.Take(limit)], found.Count > limit);
    }

    public BucketUsage GetUsage(BucketId bucket) => readers.Read(reader => reader.Buckets.Usage(bucket));

    // Where in its key's versions the marker is. The null version tells it by where it is now; where it is gone, the
    // key begins anew, since what came before it may have to be listed still.
    private static long? MarkerPlace(CatalogReader reader, BucketId bucket, VersionQuery query)
    {
        if (query.VersionMarker is not { } marker || query.KeyMarker.Length == 0) return null;
        if (!marker.IsNull) return -marker.Sequence;
        if (!ObjectKey.TryCreate(query.KeyMarker, out var key, out _)) return null;
        var current = reader.FindObject(new KeyName(bucket, key));
        var sequence = current?.Record.VersionId.IsNull == true ? current.ContentSequence : current?.NullSequence ?? 0;
        return sequence == 0 ? long.MinValue : -sequence;
    }

    private static byte[] From(string prefix, string after) => ScanRange.Later(
        Encoding.UTF8.GetBytes(prefix), after.Length == 0 ? [] : [.. Encoding.UTF8.GetBytes(after), 0]);

    private static byte[] EndOf(string prefix) => ScanRange.End(Encoding.UTF8.GetBytes(prefix));
}
