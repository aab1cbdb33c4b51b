using System.Globalization;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Microsoft.Data.Sqlite;
using Xunit;
using Xunit.Abstractions;

namespace Ciaos.Simulation.Sqlite;

/// <summary>SQLite on a disk that behaves badly: what was committed is there, whatever happens.</summary>
public sealed class SqliteCrashSpec(ITestOutputHelper output)
{
    private const int LivesPerSeed = 4;
    private const int MaxOperationsPerLife = 150;

    // More of them, for a night, are asked for by hand.
    private static readonly int Seeds = int.Parse(
        Environment.GetEnvironmentVariable("CIAOS_SQLITE_SEEDS") ?? "200", CultureInfo.InvariantCulture);

    public static TheoryData<string, string> Deaths => new()
    {
        { "WAL", "crash" }, { "WAL", "kill" }, { "WAL", "either" }, { "DELETE", "crash" }, { "DELETE", "kill" },
    };

    [Theory]
    [MemberData(nameof(Deaths))]
    public void What_was_committed_survives_a_death_at_any_operation(string mode, string death)
    {
        var commits = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var run = new Run($"{mode}-{death}-{seed}", seed, mode, death);
            commits += Explained(seed, run.Live);
        }

        output.WriteLine($"{commits} commits");
        Assert.True(commits > Seeds * LivesPerSeed, "most lives commit something");
    }

    [Theory]
    [InlineData("WAL")]
    [InlineData("DELETE")]
    public void What_was_committed_survives_failing_writes_and_flushes(string mode)
    {
        var failures = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var run = new Run($"faults-{mode}-{seed}", seed, mode, "crash")
            {
                Faults = new DiskFaults(0.005, 0.01, 0.03, TimeSpan.Zero),
            };
            Explained(seed, run.Live);
            failures += run.Failures;
        }

        output.WriteLine($"{failures} failures");
        Assert.True(failures > Seeds, "faults are noticed");
    }

    [Theory]
    [InlineData("WAL")]
    [InlineData("DELETE")]
    public void What_was_committed_survives_a_full_disk_and_writing_goes_on_when_there_is_room(string mode)
    {
        var full = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var run = new Run($"full-{mode}-{seed}", seed, mode, "crash") { IsTight = true };
            Explained(seed, run.Live);
            full += run.FullDisks;
        }

        output.WriteLine($"{full} times full");
        Assert.True(full > Seeds / 2, "the disk was full");
    }

    [Fact]
    public void The_same_seed_makes_the_same_operations_and_the_same_end()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var first = Trace(seed);
            Assert.True(first.Count > 50);
            Assert.Equal(first, Trace(seed));
            Assert.NotEqual(first, Trace(seed + 1000));
        }
    }

    [Fact]
    public void Connections_of_a_dead_world_reach_nothing_and_are_in_nobodys_way()
    {
        foreach (var end in new Action<SimulatedDisk>[] { disk => disk.Crash(), disk => disk.Kill() })
        {
            using var world = new SqliteWorld("dead");
            using var dead = world.OpenDurable("WAL");
            using var deadReader = world.Open(SqliteOpenMode.ReadOnly);
            SqliteWorld.Execute(dead, "CREATE TABLE t (v); INSERT INTO t VALUES (1); BEGIN IMMEDIATE");
            Assert.Equal("1", SqliteWorld.Ask(deadReader, "SELECT count(*) FROM t"));
            end(world.Disk);

            using var living = world.OpenDurable("WAL");
            SqliteWorld.Execute(living, "INSERT INTO t VALUES (2)");
            Assert.Throws<SqliteException>(() => SqliteWorld.Ask(deadReader, "SELECT count(*) FROM t"));
            Assert.Throws<SqliteException>(() => SqliteWorld.Execute(dead, "INSERT INTO t VALUES (3); COMMIT"));
            Assert.IsType<DiskFailedException>(world.Vfs.LastFailure);

            var operations = new List<DiskOperation>();
            world.Disk.BeforeOperation = operations.Add;
            deadReader.Dispose();
            dead.Dispose();
            Assert.DoesNotContain(operations, o => o.Kind is DiskOperationKind.Create or DiskOperationKind.Delete);
            SqliteWorld.Execute(living, "INSERT INTO t VALUES (4)");
            Assert.Equal("1 2 4", SqliteWorld.Ask(living, "SELECT group_concat(v, ' ') FROM t"));
        }
    }

    private static List<string> Trace(int seed)
    {
        var trace = new List<string>();
        var run = new Run($"trace-{seed}", seed, "WAL", "either")
        {
            Faults = new DiskFaults(0.005, 0.01, 0.02, TimeSpan.FromMilliseconds(1)),
            Watch = operation => trace.Add(operation.ToString()),
        };
        trace.Add($"{run.Live()} commits");
        return trace;
    }

    private static int Explained(int seed, Func<int> live)
    {
        try
        {
            return live();
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
        }
    }

    /// <summary>One disk and a few processes that live on it, one after the other.</summary>
    private sealed class Run(string name, int seed, string mode, string death)
    {
        private readonly Random _random = new(seed);
        private readonly TransactionModel _model = new(new Random(seed));
        private int _operationsLeft;
        private bool _isFresh;
        private SqliteConnection? _failed;

        public DiskFaults Faults { get; init; } = DiskFaults.None;

        public Action<DiskOperation>? Watch { get; init; }

        public bool IsTight { get; init; }

        /// <summary>Errors that SQLite reported while the machine was up.</summary>
        public int Failures { get; private set; }

        public int FullDisks { get; private set; }

        /// <returns>How many transactions were committed.</returns>
        public int Live()
        {
            using var world = new SqliteWorld(name, seed);
            world.Disk.BeforeOperation = operation =>
            {
                Watch?.Invoke(operation);
                if (--_operationsLeft == 0) Die(world.Disk);
                if (_operationsLeft <= 0) throw new IOException("The power is off");
            };
            for (var life = 0; life < LivesPerSeed; life++)
            {
                _operationsLeft = 1 + _random.Next(MaxOperationsPerLife);
                world.Disk.Faults = Faults;
                while (_operationsLeft > 0) UseOneConnection(world);
            }

            _operationsLeft = int.MaxValue;
            world.Disk.Faults = DiskFaults.None;
            world.Disk.CapacityBytes = long.MaxValue;
            using var last = world.OpenDurable(mode);
            _model.Check(last, isDurable: false);
            Assert.True(world.IsWhole(last));
            return _model.Commits;
        }

        private void Die(SimulatedDisk disk)
        {
            _isFresh = death == "crash" || (death == "either" && _random.Next(2) == 0);
            if (_isFresh) disk.Crash();
            else disk.Kill();
        }

        /// <summary>A connection that failed is thrown away, but only once there is another. While one is open, what
        /// belongs to the log is known in memory. Without it SQLite would ask the log itself, see frames there whose
        /// flush failed, and take them for durable: the next power cut would take them, and all that came after.
        /// </summary>
        private void UseOneConnection(SqliteWorld world)
        {
            SqliteConnection? connection = null;
            try
            {
                if (IsTight) world.Disk.CapacityBytes = long.MaxValue;
                connection = world.OpenDurable(mode, checkpointPages: 1 + _random.Next(30));
                _model.Check(connection, _isFresh);
                _isFresh = false;
                world.IsWhole(connection);
                _failed?.Dispose();
                _failed = null;
                var room = _random.Next(100_000);
                if (IsTight) world.Disk.CapacityBytes = long.MaxValue - world.Disk.FreeBytes + room;
                while (true) _model.Change(connection);
            }
            catch (SqliteException e)
            {
                if (_operationsLeft > 0) Failures++;
                if (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_FULL) FullDisks++;
                ThrowAway(connection);
            }
        }

        private void ThrowAway(SqliteConnection? connection)
        {
            if (_failed is not null || _operationsLeft <= 0) connection?.Dispose();
            else _failed = connection;
            if (_failed is not null) SQLitePCL.raw.sqlite3_exec(_failed.Handle, "ROLLBACK");
            if (_operationsLeft > 0) return;
            _failed?.Dispose();
            _failed = null;
        }
    }
}
