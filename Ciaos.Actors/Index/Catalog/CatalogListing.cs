using System.Text;
using Ciaos.Storage;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// Listing as one range scan of the catalog. A shard acknowledges a write only when it is in the catalog, and each scan
/// reads the catalog as it is then: so a listing has every write that was acknowledged before it began, and all of a
/// page as it was at one moment.
/// </summary>
internal sealed class CatalogListing(CatalogReaders readers) : IObjectListing
{
    public ObjectPage List(BucketId bucket, string prefix, string after, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfEqual(limit, int.MaxValue);
        var prefixBytes = Encoding.UTF8.GetBytes(prefix);
        var from = Later(prefixBytes, after.Length == 0 ? [] : [.. Encoding.UTF8.GetBytes(after), 0]);
        var found = readers.Read(reader => reader.List(bucket, from, EndOf(prefixBytes), limit + 1));
        var hasMore = found.Count > limit;
        if (hasMore) found.RemoveAt(limit);
        return new ObjectPage(found, hasMore);
    }

    public KeyPage ListKeys(BucketId bucket, KeyQuery query) => throw NotBuilt();

    public VersionPage ListVersions(BucketId bucket, VersionQuery query) => throw NotBuilt();

    public UploadPage ListUploads(BucketId bucket, UploadQuery query) => throw NotBuilt();

    public PartPage? ListParts(
        BucketId bucket, ObjectKey key, IndexProtocol.UploadId upload, int afterNumber, int limit) => throw NotBuilt();

    public BucketPage ListBuckets(string? owner, string prefix, string after, int limit) => throw NotBuilt();

    public BucketUsage GetUsage(BucketId bucket) => throw NotBuilt();

    private static InvalidDataException NotBuilt() => new("not built yet");

    // The next text behind all that begin with the prefix. No byte of UTF-8 is 0xFF, so there always is one.
    private static byte[]? EndOf(byte[] prefix)
    {
        if (prefix.Length == 0) return null;
        var end = prefix.ToArray();
        end[^1]++;
        return end;
    }

    private static byte[] Later(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right) > 0 ? left : right;
}
