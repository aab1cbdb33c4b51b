using Ciaos.Actors.Metrics;

namespace Ciaos.Actors.Index;

/// <summary>
/// A shard's view of its keys. <see cref="Get"/> is what all events up to now make of a key, journalled or not: new
/// commands are judged by it. <see cref="GetVisible"/> is what readers may see: it is durable, and in the catalog or
/// soon there.
/// </summary>
/// <param name="readNewest">Reads the newest of a key's older versions.</param>
/// <param name="metrics">Null: nothing is measured.</param>
/// <param name="packedBytes">See <see cref="ShardCache"/>.</param>
/// <param name="filterBytes">See <see cref="KeyFilter"/>; with less than <see cref="KeyFilter.BlockBytes"/> there is
/// none.</param>
internal sealed class ShardStates(
    int cacheEntries, Func<KeyName, ObjectState?> readCatalog, Func<KeyName, ObjectState?> readNewest,
    StoreMetrics? metrics = null, int packedBytes = 0, int filterBytes = 0) : IObjectStates
{
    private readonly KeyFilter? _keys = filterBytes >= KeyFilter.BlockBytes ? new KeyFilter(filterBytes) : null;
    private readonly Dictionary<KeyName, PendingKey> _pending = [];
    private readonly UnsettledKeys _unsettled = new();
    private ShardBatch _current = new(0);

    public ShardStates(
        int cacheEntries, Catalog.CatalogReaders readers, StoreMetrics? metrics = null, int packedBytes = 0,
        int filterBytes = 0)
        : this(
            cacheEntries, readers.Find,
            name => readers.Read(reader => reader.Versions.Newest(name)), metrics, packedBytes, filterBytes)
    {
    }

    public int PendingKeys => _pending.Count;

    /// <summary>What readers may see, as far as it is remembered: they need not ask the shard for it.</summary>
    public ShardCache Readable { get; } = new(cacheEntries, packedBytes);

    /// <summary>The same, and what the catalog has besides, as far as it is the same for readers.</summary>
    public ShardLookups LookupsBy(ShardLookups.TryRead read) => new(Readable, _unsettled, read, _keys, metrics);

    /// <summary>Changes from now on belong to this batch.</summary>
    public void Begin(ShardBatch batch) => _current = batch;

    public ObjectState? Get(KeyName name) =>
        _pending.TryGetValue(name, out var pending) ? pending.Latest : ReadApplied(name);

    public ObjectState? GetVisible(KeyName name) =>
        _pending.TryGetValue(name, out var pending) ? pending.Visible : ReadApplied(name);

    public ObjectState? NewestVersion(KeyName name) => readNewest(name);

    /// <summary>The last batch that changes the key and is not applied yet.</summary>
    public ShardBatch? PendingBatch(KeyName name) =>
        _pending.TryGetValue(name, out var pending) ? pending.Last : null;

    /// <summary>Content that readers may still be given, though an event that is under way ends it.</summary>
    public bool IsReadable(long contentSequence) =>
        _pending.Values.Any(pending => pending.Visible?.ContentSequence == contentSequence);

    public void Set(KeyName name, ObjectState? state)
    {
        if (!_pending.TryGetValue(name, out var pending))
        {
            var hash = KeySlot.HashOf(name);
            pending = new PendingKey(ReadApplied(name, hash)) { Place = UnsettledKeys.PlaceOf(hash) };
            _unsettled.Add(pending.Place);
            _keys?.Add(hash);
        }

        _pending[name] = pending with { Latest = state, Last = _current };
        _current.States[name] = state;
    }

    /// <summary>Readers may see what the batch has changed. Batches must come in order.</summary>
    public void SetVisible(ShardBatch batch)
    {
        Readable.SetAll(batch.States);
        foreach (var (name, state) in batch.States) _pending[name] = _pending[name] with { Visible = state };
    }

    /// <summary>The batch is in the catalog, after it has become visible: what no later one changes can be read there
    /// from now on.</summary>
    public void SetApplied(ShardBatch batch)
    {
        foreach (var name in batch.States.Keys)
        {
            var pending = _pending[name];
            if (pending.Last != batch) continue;
            _pending.Remove(name);
            _unsettled.Remove(pending.Place);
        }
    }

    /// <summary>The filter of its keys, where it is to be filled now.</summary>
    public KeyFilter? BeginFilter()
    {
        if (_keys is not { IsWorn: true } keys) return null;
        keys.Begin(_pending.Keys);
        return keys;
    }

    private ObjectState? ReadApplied(KeyName name) => ReadApplied(name, KeySlot.HashOf(name));

    // That a key is not there is not remembered: mostly it is about to be made, and would take a place for that.
    private ObjectState? ReadApplied(KeyName name, uint hash)
    {
        ObjectState? state = null;
        var isKnown = _keys?.MayHold(hash) == false || Readable.TryGet(name, out state);
        metrics?.CacheUsed(isKnown);
        if (isKnown) return state;
        state = readCatalog(name);
        if (state is not null) Readable.Set(name, state);
        return state;
    }

    private readonly record struct PendingKey(ObjectState? Visible)
    {
        public ObjectState? Latest { get; init; }

        public ShardBatch? Last { get; init; }

        /// <summary>Among <see cref="UnsettledKeys"/>.</summary>
        public int Place { get; init; }
    }
}
