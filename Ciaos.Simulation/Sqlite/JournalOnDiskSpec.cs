using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Xunit;

namespace Ciaos.Simulation.Sqlite;

/// <summary>The store's own databases on a simulated disk.</summary>
public sealed class JournalOnDiskSpec
{
    private const int Seeds = 200;

    // Some transactions, so that the log is brought into the database again and again.
    private const long CheckpointBytes = 40 << 10;

    [Fact]
    public void Journal_and_catalog_lie_on_the_disk_that_their_location_names()
    {
        using var world = new SqliteWorld("product");
        using var journal = JournalOf(world);
        journal.Prepare();
        var catalog = CatalogDatabase.From(new CatalogSettings(
            CatalogProvider.Sqlite, world.Vfs.DataSource("meta/catalog.db")));
        using (var writer = catalog.OpenWriter())
        using (var reader = catalog.OpenReader())
        {
            SqliteWorld.Execute((Microsoft.Data.Sqlite.SqliteConnection)writer, "CREATE TABLE t (v)");
            Assert.Equal("1", SqliteWorld.Ask(
                (Microsoft.Data.Sqlite.SqliteConnection)reader, "SELECT count(*) FROM sqlite_schema"));
        }

        Assert.Equal(["journal.db", "journal.db-wal"], world.Disk.List("").Order());
        Assert.Equal(["catalog.db", "catalog.db-wal"], world.Disk.List("meta").Order());
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries("."), name => name.Contains("file:"));
    }

    [Fact]
    public void What_the_journal_acknowledged_survives_failing_disks_and_a_power_cut()
    {
        var (acknowledged, refused) = (0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            using var world = new SqliteWorld($"journal-{seed}", seed);
            var sent = new Dictionary<long, Task>();
            using (var journal = JournalOf(world))
            {
                journal.Prepare();
                world.Disk.Faults = new DiskFaults(0.02, 0.01, 0.1, TimeSpan.Zero);
                AppendUntilTheCrash(world, journal, sent, new Random(seed));
            }

            world.Disk.Faults = DiskFaults.None;
            using var again = JournalOf(world);
            again.Prepare();
            var found = new JournalReader(again).Events("shard", 1, long.MaxValue, long.MaxValue)
                .Select(e => e.SequenceNr).ToHashSet();
            foreach (var (number, append) in sent.Where(entry => entry.Value.IsCompletedSuccessfully))
                Assert.True(found.Contains(number), $"seed {seed}: {number} is lost; {append.Status}");
            acknowledged += sent.Values.Count(append => append.IsCompletedSuccessfully);
            refused += sent.Values.Count(append => append.IsFaulted);
        }

        Assert.True(acknowledged > 10 * Seeds && refused > Seeds, $"{acknowledged} acknowledged, {refused} refused");
    }

    [Fact]
    public void The_log_is_brought_into_the_database_beside_the_writer_and_begun_anew()
    {
        using var world = new SqliteWorld("short-log");
        using var journal = JournalOf(world);
        journal.Prepare();
        var work = new Queue<Action>();
        var longest = 0L;
        using (var writer = new JournalWriter(journal, work.Enqueue))
        {
            for (var number = 1L; number <= 300; number++)
            {
                var append = writer.Append([Event(number)]);
                while (work.TryDequeue(out var next)) next();
                Assert.True(append.IsCompletedSuccessfully);
                using var log = world.Disk.Open("journal.db-wal", DiskAccess.Read);
                longest = Math.Max(longest, log.LengthBytes);
            }
        }

        Assert.InRange(longest, CheckpointBytes, 3 * CheckpointBytes);
        Assert.Equal(["journal.db"], world.Disk.List(""));
        Assert.Equal(300, new JournalReader(journal).Events("shard", 1, long.MaxValue, long.MaxValue).Count());
    }

    // While the writer goes on, SQLite counts pages as copied that nobody has flushed yet.
    [Fact]
    public void After_a_flush_that_failed_the_log_keeps_everything_until_the_next_start()
    {
        using var world = new SqliteWorld("failed-flush");
        var warnings = new List<string>();
        var numbers = 0L;
        using (var journal = JournalOf(world))
        {
            journal.Prepare();
            var work = new Queue<Action>();
            using var writer = new JournalWriter(journal, work.Enqueue, warn: warnings.Add);
            FailFlushBehindCommit(world, Append);
            while (numbers < 100) Append();

            void Append()
            {
                var append = writer.Append([Event(++numbers, 3000)]);
                while (work.TryDequeue(out var next)) next();
                Assert.True(append.IsCompletedSuccessfully);
                if (warnings.Count > 0) (world.Disk.BeforeOperation, world.Disk.Faults) = (null, DiskFaults.None);
            }
        }

        world.Disk.Crash();
        Assert.Contains("until the next start", Assert.Single(warnings), StringComparison.Ordinal);
        using var again = JournalOf(world);
        again.Prepare();
        Assert.Equal(numbers, new JournalReader(again).Events("shard", 1, long.MaxValue, long.MaxValue).Count());
    }

    /// <summary>Commits once while pages are copied into the database, whose flushes fail.</summary>
    private static void FailFlushBehindCommit(SqliteWorld world, Action commit)
    {
        var hasCommitted = false;
        world.Disk.BeforeOperation = operation =>
        {
            var isOfDatabase = operation.Path == "journal.db";
            if (isOfDatabase && operation.Kind == DiskOperationKind.Write && !hasCommitted)
            {
                hasCommitted = true;
                commit();
            }

            var fails = isOfDatabase && operation.Kind == DiskOperationKind.Flush;
            world.Disk.Faults = fails ? DiskFaults.None with { FlushErrorRate = 1 } : DiskFaults.None;
        };
    }

    private static void AppendUntilTheCrash(
        SqliteWorld world, JournalDatabase journal, Dictionary<long, Task> sent, Random random)
    {
        var work = new Queue<Action>();
        using var writer = new JournalWriter(journal, work.Enqueue);
        var count = random.Next(60);
        for (var number = 1L; number <= count; number++)
        {
            sent.Add(number, writer.Append([Event(number)]));
            while (work.TryDequeue(out var next)) next();
        }

        world.Disk.Crash();
    }

    private static JournalEvent Event(long number, int bytes = 200) =>
        new("shard", number, number, new byte[bytes], 17, "put", "writer", null, null);

    private static JournalDatabase JournalOf(SqliteWorld world) =>
        new(new JournalSettings(
            JournalProvider.Sqlite, world.Vfs.DataSource("journal.db"), CheckpointBytes: CheckpointBytes));
}
