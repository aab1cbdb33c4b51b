using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>The buckets that a shard must not write into: those that are being deleted, as it was told, and those that
/// were, as the catalog says.</summary>
internal sealed class ClosedBuckets(CatalogReaders readers)
{
    private const int MaxKnown = 10_000;

    private readonly HashSet<BucketId> _closed = [];
    private readonly HashSet<BucketId> _open = [];

    public bool IsClosed(BucketId bucket)
    {
        if (_closed.Contains(bucket)) return true;
        if (_open.Contains(bucket)) return false;
        if (readers.Read(reader => reader.Buckets.WasDeleted(bucket))) return true;
        if (_open.Count >= MaxKnown) _open.Clear();
        _open.Add(bucket);
        return false;
    }

    public void Close(BucketId bucket)
    {
        _closed.Add(bucket);
        _open.Remove(bucket);
    }

    /// <summary>From now on the catalog tells.</summary>
    public void Open(BucketId bucket) => _closed.Remove(bucket);

    public void OpenAll() => _closed.Clear();
}
