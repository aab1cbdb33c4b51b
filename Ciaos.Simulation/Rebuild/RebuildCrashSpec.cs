using System.Collections.Immutable;
using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Rebuild;
using Ciaos.Simulation.Sqlite;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Simulation.Rebuild;

/// <summary>
/// The power fails at any operation of a rebuild: afterwards there is no journal, or the whole one, and the rebuild can
/// be run again.
/// </summary>
public sealed class RebuildCrashSpec
{
    private const int Keys = 40;
    private const int Crashes = 60;

    private static readonly ImmutableSortedDictionary<string, string> NoMetadata =
        ImmutableSortedDictionary<string, string>.Empty;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_power_cut_at_any_moment_leaves_no_journal_or_the_whole_one(int seed)
    {
        var operations = 0;
        using (var whole = World(seed, -1, (_, volume) => volume.Flush()))
        {
            whole.Disk.BeforeOperation = _ => operations++;
            Rebuild(whole, force: false);
            AssertWhole(whole);
        }

        var wasPublished = false;
        for (var i = 0; i < Crashes; i++)
        {
            using var world = World(seed, i, (_, volume) => volume.Flush());
            CrashAt(world, operations * (i + 1) / Crashes);
            var hasJournal = world.Disk.Exists("journal.db");
            if (hasJournal) Assert.Equal(Keys, CountEvents(world));
            wasPublished |= hasJournal;
            Rebuild(world, force: hasJournal);
            AssertWhole(world);
        }

        Assert.True(wasPublished);
    }

    /// <summary>Its flush has failed, or the process died before it: the needles can be read, and the disk need not
    /// have them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_rebuilt_index_speaks_of_is_durable(bool hasFailed)
    {
        for (var seed = 1; seed <= 5; seed++)
        {
            using var world = World(seed, -1, hasFailed ? FlushError : (_, _) => { });
            if (!hasFailed) world.Disk.Kill();
            Rebuild(world, force: false);
            world.Disk.Crash();
            Rebuild(world, force: true);
            AssertWhole(world);
        }
    }

    /// <summary>The log is brought into the new database many times, and one of the flushes fails: what it has lost
    /// would be missing, though all later ones succeed.</summary>
    [Theory]
    [InlineData("catalog.db.rebuilding")]
    [InlineData("journal.db.rebuilding")]
    public void A_rebuild_whose_pages_could_not_be_flushed_fails_and_can_be_run_again(string database)
    {
        using var world = World(1, -1, (_, volume) => volume.Flush());
        var flushes = 0;
        world.Disk.BeforeOperation = operation =>
        {
            if (operation.Kind == DiskOperationKind.Flush && operation.Path == database && ++flushes == 3)
                throw new DiskFailedException(database, "flush", 0, "the flush has failed");
        };
        Assert.Contains(
            "A flush has failed",
            Assert.Throws<IOException>(() => Rebuild(world, force: false, checkpointBytes: 1)).Message,
            StringComparison.Ordinal);
        Assert.False(world.Disk.Exists("journal.db"));
        world.Disk.BeforeOperation = null;
        Rebuild(world, force: false);
        AssertWhole(world);
    }

    private static void FlushError(SimulatedDisk disk, VolumeFile volume)
    {
        disk.Faults = DiskFaults.None with { FlushErrorRate = 1 };
        Assert.Throws<DiskFailedException>(volume.Flush);
        disk.Faults = DiskFaults.None;
    }

    private static void CrashAt(SqliteWorld world, int operation)
    {
        var left = operation;
        world.Disk.BeforeOperation = _ =>
        {
            if (--left <= 0) throw new IOException("the power is gone");
        };
        try
        {
            Rebuild(world, force: false);
        }
        catch (Exception failure) when (failure is IOException or System.Data.Common.DbException or JournalException)
        {
            // As it must be.
        }

        world.Disk.BeforeOperation = null;
        world.Disk.Crash();
    }

    private static RebuildReport Rebuild(SqliteWorld world, bool force, int checkpointBytes = 1 << 26)
    {
        var index = IndexSettings.From(IndexSettings.DefaultConfig()) with
        {
            Catalog = Catalog(world) with { CheckpointBytes = checkpointBytes },
        };
        var settings = new RebuildSettings(
            index, Journal(world) with { CheckpointBytes = checkpointBytes }, world.Vfs.DataSource("scratch.db"),
            VerifiesData: false, force);
        return new IndexRebuild(new VolumeFolder(world.Disk, "volumes"), settings, TimeProvider.System, _ => { }).Run();
    }

    private static JournalSettings Journal(SqliteWorld world) =>
        new(JournalProvider.Sqlite, world.Vfs.DataSource("journal.db"));

    private static CatalogSettings Catalog(SqliteWorld world) =>
        new(CatalogProvider.Sqlite, world.Vfs.DataSource("catalog.db"));

    private static void AssertWhole(SqliteWorld world)
    {
        Assert.Equal(Keys, CountEvents(world));
        using var readers = new CatalogReaders(CatalogDatabase.From(Catalog(world)), 1);
        Assert.Equal((Keys, 2L * Keys), readers.Read(reader => reader.Totals()));
        Assert.False(world.Disk.Exists("scratch.db"));
    }

    private static int CountEvents(SqliteWorld world)
    {
        using var database = new JournalDatabase(Journal(world));
        return new JournalReader(database).Events("index-shard-0", 1, long.MaxValue, long.MaxValue).Count();
    }

    /// <param name="end">What is done behind the last needle, in place of a flush.</param>
    private static SqliteWorld World(
        int seed, int number, Action<SimulatedDisk, VolumeFile> end)
    {
        var world = new SqliteWorld($"rebuild-{seed}-{number + 1}", seed);
        var folder = new VolumeFolder(world.Disk, "volumes");
        var superblock = new Superblock(new VolumeId(1), 1_700_000_000_000_000, 5);
        using var volume = VolumeFile.Create(folder, superblock, new VolumeFileSettings(0, 1 << 20));
        var id = 1_700_000_000_000_000L;
        var at = DateTimeOffset.UnixEpoch.AddMicroseconds(id);
        Record(0, 1, new IndexCreated(1, at));
        Record(0, 2, new BucketCreated(new BucketId(1), at, "alice"));
        for (var i = 1; i <= Keys; i++)
        {
            var (key, upload) = (ObjectKey.Create($"key {i}"), new ObjectId(++id));
            var needle = volume.Append([new Needle(
                NeedleKind.Data, new NeedleId(id), new BucketId(1), key, upload, 0, true, UploadOperation.Create,
                BodyFormat.Raw, NoMetadata, Encoding.UTF8.GetBytes("ab"))])[0];
            Record(1, i, new ObjectPut(
                new BucketId(1), key, at, at, upload, NoMetadata, [new Segment(needle, 0, 2, StartsFile: true)]));
        }

        end(world.Disk, volume);
        return world;

        void Record(long stream, long number, IIndexEvent message)
        {
            var encoded = new EncodedEvent(IndexEventCodec.ManifestOf(message), IndexEventCodec.Encode(message));
            var data = EventNeedle.Encode(stream, number, [encoded]).Single();
            volume.Append([EventNeedle.Create(new NeedleId(++id), data)]);
        }
    }
}
