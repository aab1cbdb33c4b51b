using Akka.Actor;
using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Bench.Index;

/// <summary>What a row costs in SQLite, without actors: journal, catalog, look-ups, listing. <c>-- sql [KEYS]</c>
/// </summary>
internal static class SqlBench
{
    private const int PerTransaction = 64;
    private const int Rows = 12_800;
    private const int EventBytes = 100;

    private static readonly BucketId Bucket = new(1);
    private static readonly string[] Shards = [.. Enumerable.Range(0, 16).Select(shard => $"index-shard-{shard}")];

    public static async Task Run(string[] args, BenchReport report)
    {
        var keys = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200_000;
        var folder = Directory.CreateTempSubdirectory("ciaos-bench-").FullName;
        try
        {
            await JournalRows(report, Path.Combine(folder, "journal.db"));
            var catalog = Path.Combine(folder, "catalog.db");
            await Catalog(report, new CatalogSettings(CatalogProvider.Sqlite, catalog), keys);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task JournalRows(BenchReport report, string path)
    {
        using var database = new JournalDatabase(new JournalSettings(JournalProvider.Sqlite, path));
        using var session = new JournalSession(database);
        var next = 0L;
        foreach (var atOnce in new[] { 1, PerTransaction })
            report.Add(await CpuMeter.Measure($"journal rows, by 64, {atOnce} at once", Rows, () =>
            {
                for (var i = 0; i < Rows; i += PerTransaction)
                {
                    session.Begin();
                    for (var row = 0; row < PerTransaction; row += atOnce) session.Insert(Events(ref next, atOnce));
                    session.Commit();
                }

                return Task.CompletedTask;
            }));
    }

    private static List<JournalEvent> Events(ref long next, int count)
    {
        var events = new List<JournalEvent>(count);
        for (; count > 0; count--, next++)
            events.Add(new JournalEvent(
                Shards[next % Shards.Length], next, next, new byte[EventBytes], 17, "object-put",
                "5ce05a7e-68f1-4a83-9fbb-b4d9ba2f1c62"));
        return events;
    }

    private static async Task Catalog(BenchReport report, CatalogSettings settings, int keys)
    {
        var database = CatalogDatabase.From(settings);
        using var store = CatalogStore.Open(database, 16);
        using var readers = new CatalogReaders(database, 1);
        var next = 0L;
        for (; next < keys; next += PerTransaction) store.Apply([Batch(next)]);
        report.Add(await CpuMeter.Measure("catalog rows, by 64", Rows, () =>
        {
            for (var i = 0; i < Rows; i += PerTransaction, next += PerTransaction) store.Apply([Batch(next)]);
            return Task.CompletedTask;
        }));
        report.Add(await CpuMeter.Measure("look-ups", Rows, () =>
        {
            for (var i = 0; i < Rows; i++)
                if (readers.Find(Name((i * 7919L) % next)) is null)
                    throw new InvalidOperationException("A key is missing");
            return Task.CompletedTask;
        }));
        var listing = new CatalogListing(readers, new ShardLayout(16), ActorRefs.Nobody);
        report.Add(await CpuMeter.Measure("listing, pages of 1000", next, () =>
        {
            var listed = 0L;
            for (var (after, hasMore) = ("", true); hasMore;)
            {
                var page = listing.List(Bucket, "", after, 1000);
                listed += page.Objects.Count;
                (after, hasMore) = (page.Objects[^1].Key.Value, page.HasMore);
            }

            if (listed != next) throw new InvalidOperationException($"{listed} of {next} keys are listed");
            return Task.CompletedTask;
        }));
    }

    private static CatalogBatch Batch(long first)
    {
        var changes = new List<CatalogChange>(PerTransaction * 2);
        for (var i = 0; i < PerTransaction; i++)
        {
            changes.Add(new CatalogChange.SetObject(State(first + i)));
            changes.Add(new CatalogChange.AddUsage(Bucket, 1, 4096));
        }

        return new CatalogBatch("index-shard-1", 1, first, first + PerTransaction, changes);
    }

    // Keys come in no order: each index page that they fall upon is another one.
    private static KeyName Name(long number) => new(Bucket, ObjectKey.Create(
        unchecked((ulong)number * 0x9E3779B97F4A7C15ul).ToString("x16", CultureInfo.InvariantCulture)));

    private static ObjectState State(long number)
    {
        var (_, key) = Name(number);
        var at = DateTimeOffset.UnixEpoch.AddMicroseconds(1_760_000_000_000_000 + number);
        var segment = new Segment(
            new NeedleLocation(new VolumeId(1), 4096 + (number * 4200), 96, 4096), 0, 4096, true);
        return new ObjectState(
            new ObjectRecord(
                Bucket, key, new ObjectId(1_760_000_000_000_000 + number), number + 1, 4096, 1, 1, at, at,
                ImmutableSortedDictionary<string, string>.Empty),
            number + 1, SegmentCodec.Encode([segment]), null);
    }
}
