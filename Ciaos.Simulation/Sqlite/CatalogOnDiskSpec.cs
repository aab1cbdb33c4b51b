using System.Data.Common;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage.Disks.Simulated;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ciaos.Simulation.Sqlite;

/// <summary>
/// A power cut may take what the catalog has committed last: the journal has it. What is left must be the catalog as it
/// was after some commit, also on a disk whose flushes have failed before.
/// </summary>
public sealed class CatalogOnDiskSpec
{
    private const int Seeds = 300;
    private const int Lives = 4;
    private const int MaxOperations = 80;

    [Fact]
    public void A_power_cut_leaves_the_catalog_as_it_was_after_some_commit()
    {
        var failures = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            using var world = new SqliteWorld($"catalog-{seed}", seed);
            failures += Live(world, new Random(seed), seed);
        }

        Assert.True(failures > Seeds, $"{failures} failures");
    }

    private static int Live(SqliteWorld world, Random random, int seed)
    {
        var failures = 0;
        for (var life = 0; life < Lives; life++)
        {
            var left = 1 + random.Next(MaxOperations);
            world.Disk.Faults = random.Next(3) == 0 ? DiskFaults.None : new DiskFaults(0, 0, 0.3, TimeSpan.Zero);
            world.Disk.BeforeOperation = _ =>
            {
                if (--left == 0) End(world.Disk, isPowerCut: life == Lives - 1);
                if (left <= 0) throw new IOException("The power is off");
            };
            while (left > 0)
            {
                if (!TryWork(world, random)) failures++;
            }
        }

        (world.Disk.BeforeOperation, world.Disk.Faults) = (null, DiskFaults.None);
        AssertWhole(world, seed);
        return failures;
    }

    private static void End(SimulatedDisk disk, bool isPowerCut)
    {
        if (isPowerCut) disk.Crash();
        else disk.Kill();
    }

    /// <summary>Opens the catalog, commits some times, and closes it, which brings its log into the database.</summary>
    private static bool TryWork(SqliteWorld world, Random random)
    {
        try
        {
            using var connection = CatalogOf(world).OpenWriter();
            Execute(connection, "CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, v BLOB)");
            for (var commits = random.Next(6); commits > 0; commits--)
                Execute(connection, "INSERT INTO t SELECT 1 + coalesce(max(n), 0), randomblob(900) FROM t");
            return true;
        }
        catch (Exception failure) when (failure is DbException or IOException)
        {
            return false;
        }
    }

    private static void AssertWhole(SqliteWorld world, int seed)
    {
        using var connection = (SqliteConnection)CatalogOf(world).OpenWriter();
        Assert.True(world.IsWhole(connection), $"seed {seed}");
        Execute(connection, "CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY, v BLOB)");
        Assert.Equal("0", SqliteWorld.Ask(connection, "SELECT count(*) - coalesce(max(n), 0) FROM t"));
    }

    private static CatalogDatabase CatalogOf(SqliteWorld world) =>
        CatalogDatabase.From(new CatalogSettings(CatalogProvider.Sqlite, world.Vfs.DataSource("catalog.db")));

    private static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
