using Akka.Configuration;
using Ciaos.Actors.Index.Catalog;

namespace Ciaos.Actors.Index;

/// <summary>The section <c>ciaos.index</c>, checked. hocon/reference.conf tells what each setting is for.</summary>
/// <param name="Shards">A power of two from 1 to 4,096; fixed when the index is created.</param>
/// <param name="MaxPending">Unanswered commands of one shard, 1 to 1,000,000.</param>
/// <param name="CacheEntries">Object records in memory, of all shards together, from <paramref name="Shards"/>
/// on.</param>
/// <param name="PackedBytes">Memory for further object records, packed, of all shards together.</param>
/// <param name="KeyFilterBytes">Memory to tell keys that are not there, of all shards together.</param>
/// <param name="KeyFilterRate">Keys a second that are read to fill it.</param>
/// <param name="JournalPlugin">Path of the journal's section; empty: the system's default.</param>
public sealed record IndexSettings(
    int Shards,
    int BatchMaxEvents,
    int BatchMaxSegments,
    int MaxPending,
    int CacheEntries,
    long PackedBytes,
    long KeyFilterBytes,
    int KeyFilterRate,
    TimeSpan ReadTicketIdle,
    int ReadTicketsMax,
    TimeSpan RenameRetry,
    TimeSpan RenameBusyTimeout,
    int RenameMaxSegments,
    TimeSpan BucketCloseTimeout,
    TimeSpan RecordTimeout,
    TimeSpan RecordBackoffMin,
    TimeSpan RecordBackoffMax,
    TimeSpan RestartBackoffMin,
    TimeSpan RestartBackoffMax,
    int PurgeRows,
    TimeSpan IdempotencyRetention,
    string JournalPlugin,
    CatalogSettings Catalog)
{
    private const long MaxPackedBytes = 1L << 36;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>Of <see cref="PackedBytes"/>, for one shard.</summary>
    internal int PackedBytesOfShard => (int)Math.Min(PackedBytes / Shards, 1 << 30);

    /// <summary>Of <see cref="KeyFilterBytes"/>, for one shard.</summary>
    internal int KeyFilterBytesOfShard => (int)Math.Min(KeyFilterBytes / Shards, 1 << 30);

    /// <summary>All settings of the index with their defaults.</summary>
    public static Config DefaultConfig() => ReferenceConfig.Load();

    /// <exception cref="SettingsException">Names the key, its value and what is allowed.</exception>
    public static IndexSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.index");
        var shards = section.Int("shards", 1, KeySlot.Count);
        if (!ShardLayout.IsAllowed(shards))
            throw section.Refuse("shards", section.Text("shards"), $"a power of two from 1 to {KeySlot.Count}");
        var recordMin = section.Duration("record-backoff-min", Shortest, TimeSpan.FromHours(1));
        var backoffMin = section.Duration("restart-backoff-min", Shortest, TimeSpan.FromHours(1));
        return new IndexSettings(
            shards,
            section.Int("batch-max-events", 1, 100_000),
            section.Int("batch-max-segments", 1, 10_000_000),
            section.Int("max-pending", 1, 1_000_000),
            section.Int("cache-entries", shards, 100_000_000),
            section.Bytes("cache-packed", 0, MaxPackedBytes),
            section.Bytes("key-filter", 0, MaxPackedBytes),
            section.Int("key-filter-rate", 100, 100_000_000),
            section.Duration("read-ticket-idle", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7)),
            section.Int("read-tickets-max", 1, 1_000_000),
            section.Duration("rename-retry", Shortest, TimeSpan.FromHours(1)),
            section.Duration("rename-busy-timeout", Shortest, TimeSpan.FromHours(1)),
            section.Int("rename-max-segments", 1, 20_000_000),
            section.Duration("bucket-close-timeout", Shortest, TimeSpan.FromHours(1)),
            section.Duration("record-timeout", Shortest, TimeSpan.FromHours(1)),
            recordMin,
            section.Duration("record-backoff-max", recordMin, TimeSpan.FromHours(24)),
            backoffMin,
            section.Duration("restart-backoff-max", backoffMin, TimeSpan.FromHours(24)),
            section.Int("purge-rows", 1, 100_000),
            section.Duration("idempotency-retention", TimeSpan.Zero, TimeSpan.FromDays(366)),
            section.OptionalText("journal-plugin"),
            CatalogSettings.From(config));
    }
}
