using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Storage.Disks.Simulated;
using Xunit;

namespace Ciaos.Simulation.Sqlite;

/// <summary>The store's own databases on a simulated disk.</summary>
public sealed class JournalOnDiskSpec
{
    private const int Seeds = 200;

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

        Assert.Equal(["journal.db"], world.Disk.List(""));
        Assert.Equal(["catalog.db"], world.Disk.List("meta"));
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

    private static JournalEvent Event(long number) =>
        new("shard", number, number, new byte[200], 17, "put", "writer", null, null);

    private static JournalDatabase JournalOf(SqliteWorld world) =>
        new(new JournalSettings(JournalProvider.Sqlite, world.Vfs.DataSource("journal.db")));
}
