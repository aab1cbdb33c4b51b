using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Metrics;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// Answers look-ups on any thread, without the shard, where that is as good as asking it: of what is remembered, and
/// else of what the catalog has of the key. That is what readers may see, but while an event of the key is under way:
/// then the catalog may lack what others have been shown already, or have what nobody may be shown yet. Hence the
/// order:
/// <list type="number">
/// <item>Look whether anything is under way with the key. If so, only the shard can tell.</item>
/// <item>Read the catalog as it is now, or later. So it has all that went before 1, since what is under way is said to
/// be so until it is committed.</item>
/// <item>Look again. Has anything been under way since 1, what was read may be of before, or of a time that has not
/// come for readers: the shard is asked. Else it is what the key has been all the time from 1 on.</item>
/// <item>Remember it, if it is worth a place, while nobody else can write to the cache, so that 3 still holds: who
/// changes the key from then on puts its newer state above it.</item>
/// </list>
/// To look only behind the read would let a key pass that was under way during the read, though not any more; to look
/// only before it would bury a newer state in the cache, and show what is not visible.
/// </summary>
/// <param name="read">Reads a key in the catalog.</param>
/// <param name="keys">Rules out keys that need not be read: the catalog has none of those it rules out at 2, and had
/// none since 1. Null: each is read.</param>
/// <param name="metrics">Null: nothing is measured.</param>
internal sealed class ShardLookups(
    ShardCache cache, UnsettledKeys unsettled, ShardLookups.TryRead read, KeyFilter? keys, StoreMetrics? metrics)
{
    /// <summary>False: the catalog cannot be read on this thread now.</summary>
    public delegate bool TryRead(KeyName name, out ObjectState? state);

    /// <summary>The answer to a <see cref="Lookup"/> of the current version, where it is remembered. Null: it is not,
    /// or only the shard can tell.</summary>
    public IReply? Find(KeyName name, bool forReading)
    {
        cache.TryFind(name, forReading, out var reply);
        if (reply is not null) metrics?.CacheUsed(isHit: true);
        return reply;
    }

    /// <summary>As <see cref="Find"/>, and from the catalog: it may read a file. Null: only the shard can
    /// tell.</summary>
    public IReply? Look(KeyName name, bool forReading)
    {
        if (cache.TryFind(name, forReading, out var reply))
        {
            if (reply is not null) metrics?.CacheUsed(isHit: true);
            return reply;
        }

        var hash = KeySlot.HashOf(name);
        var before = unsettled.LookAt(hash);
        if (!before.IsSettled) return null;
        if (keys?.MayHold(hash) == false) return RuledOut(before);
        if (!read(name, out var state)) return null;
        reply = cache.TryRemember(name, state, forReading, before);
        if (reply is not null) metrics?.CacheUsed(isHit: false);
        return reply;
    }

    private IReply? RuledOut(in UnsettledKeys.Glance before)
    {
        if (!before.StillHolds) return null;
        metrics?.CacheUsed(isHit: true);
        return CommandRules.NotFound(null);
    }

    /// <summary>Reads on a free connection, where the database is at hand.</summary>
    public static TryRead From(CatalogReaders readers) => (KeyName name, out ObjectState? state) =>
    {
        try
        {
            return readers.TryFind(name, out state);
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure) || failure is ObjectDisposedException)
        {
            // The shard meets it too, and tells of it; or the node stops.
            state = null;
            return false;
        }
    };
}
