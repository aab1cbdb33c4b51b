using Akka.Dispatch.Deterministic;
using Ciaos.Simulation.Sqlite;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;

namespace Ciaos.Simulation.World;

/// <summary>
/// What outlives a node: its disk and the time. It decides when a node crashes, and makes each disk operation take its
/// time. One machine at a time on a thread.
/// </summary>
internal sealed class Machine : IDisposable
{
    private readonly DiskVfs _vfs;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private DeterministicRuntime? _running;
    private CrashPlan? _plan;
    private int _untilCrash;
    private bool _isLookedAt;

    public Machine(int seed, string name)
    {
        Disk = new SimulatedDisk(seed) { BeforeOperation = OnDiskOperation };
        Clock = new MachineClock(this);
        _vfs = new DiskVfs(name, Disk, new Random(seed), Clock);
        CrashPoints.Observe(OnCrashPoint);
    }

    public SimulatedDisk Disk { get; }

    /// <summary>Virtual time since the machine was made.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Nothing runs, and nothing that is left of a node may touch the disk.</summary>
    public bool IsDown { get; private set; } = true;

    /// <summary>Crash points that were met so far, over all lives.</summary>
    public HashSet<CrashPoint> Met { get; } = [];

    /// <summary>Crash points at which the node has crashed.</summary>
    public HashSet<CrashPoint> CrashedAt { get; } = [];

    /// <summary>A crash was planned and has not happened yet.</summary>
    public CrashPlan? Due => IsDown ? null : _plan;

    /// <summary>A number that depends on every disk operation of nodes so far: equal runs have equal ones.</summary>
    public long Fingerprint { get; private set; } = 17;

    /// <summary>Where another thread than the machine's has first used the disk: then equal seeds need not give equal
    /// runs. Null where none has.</summary>
    public string? FirstForeignOperation { get; private set; }

    public TimeProvider Clock { get; }

    public string Sqlite(string file) => _vfs.DataSource(file);

    /// <summary>A node begins to run.</summary>
    public void PowerOn(DeterministicRuntime runtime) => (_running, IsDown) = (runtime, false);

    /// <summary>The node will crash; null: it will not, after all.</summary>
    public void Plan(CrashPlan? plan) => (_plan, _untilCrash) = (plan, plan?.Count ?? 0);

    /// <summary>The node is dead from the end of the present step on, and can do nothing to the disk any
    /// more.</summary>
    /// <param name="isPowerCut">As <see cref="CrashPlan.IsPowerCut"/>, where nothing was planned.</param>
    public void Crash(bool isPowerCut = false)
    {
        if (IsDown) return;
        Now = _running?.Now ?? Now;
        IsDown = true;
        if (_plan?.IsPowerCut ?? isPowerCut) Disk.Crash();
        else Disk.Kill();
        Plan(_plan?.Again);
        _running?.Halt();
    }

    /// <summary>For tools that run while no node does.</summary>
    public IDisposable Maintain()
    {
        (_running, IsDown) = (null, false);
        return new Maintenance(this);
    }

    /// <summary>Looks at the disk from outside, which is no operation of the machine.</summary>
    public T Look<T>(Func<SimulatedDisk, T> look)
    {
        var faults = Disk.Faults;
        (_isLookedAt, Disk.Faults) = (true, DiskFaults.None);
        try
        {
            return look(Disk);
        }
        finally
        {
            (_isLookedAt, Disk.Faults) = (false, faults);
        }
    }

    public void Dispose()
    {
        CrashPoints.Observe(null);
        IsDown = true;
        _vfs.Dispose();
    }

    private void OnDiskOperation(DiskOperation operation)
    {
        if (_isLookedAt) return;
        if (Environment.CurrentManagedThreadId != _thread) FirstForeignOperation ??= Environment.StackTrace;
        if (IsDown) throw new DiskFailedException(operation.Path, operation.Kind.ToString(), 0, "the machine is off");
        if (_running is not null) Fingerprint = HashOf(operation);
        if (_plan is { Point: null } && --_untilCrash <= 0)
        {
            Crash();
            throw new DiskFailedException(operation.Path, operation.Kind.ToString(), 0, "the machine crashed");
        }

        if (operation.Delay > TimeSpan.Zero) _running?.Elapse(operation.Delay);
    }

    private void OnCrashPoint(CrashPoint point)
    {
        if (IsDown) return;
        Met.Add(point);
        if (_plan?.Point != point || --_untilCrash > 0) return;
        CrashedAt.Add(point);
        Crash();
    }

    private long HashOf(DiskOperation operation)
    {
        var hash = Fingerprint;
        hash = (hash * 31) + (int)operation.Kind;
        hash = (hash * 31) + operation.OffsetBytes;
        hash = (hash * 31) + operation.LengthBytes;
        foreach (var letter in operation.Path) hash = (hash * 31) + letter;
        return hash;
    }

    private sealed class Maintenance(Machine machine) : IDisposable
    {
        public void Dispose() => machine.IsDown = true;
    }

    private sealed class MachineClock(Machine machine) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() =>
            VirtualTimeScheduler.Epoch + (machine._running?.Now ?? machine.Now);
    }
}
