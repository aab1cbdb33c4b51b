namespace Ciaos.Storage.Disks.Simulated;

/// <summary>
/// A disk in memory that behaves as badly as disks may, from a seed. It keeps what is durable (flushed contents, synced
/// names) apart from what a running system sees. A <see cref="Crash"/> leaves of the rest what chance leaves.
/// Safe for many threads, but repeatable only when it is called in a repeatable order.
/// </summary>
/// <param name="seed">Decides every fault. The same calls with the same seed have the same outcome.</param>
/// <param name="capacityBytes">All files together cannot take more.</param>
public sealed class SimulatedDisk(int seed, long capacityBytes = long.MaxValue) : IDisk
{
    private readonly object _gate = new();
    private readonly Random _random = new(seed);
    private readonly SimulatedNames _names = new();

    public string Root => "simulated:";

    /// <summary>How often operations fail or dawdle. Never, at first.</summary>
    public DiskFaults Faults { get; set; } = DiskFaults.None;

    /// <summary>May be changed at any time: a full disk is one whose capacity has been used up.</summary>
    public long CapacityBytes { get; set; } = capacityBytes;

    /// <summary>Called before each operation, outside of any lock. It may count, let simulated time pass (the operation
    /// tells its delay), block the caller, or throw what the operation shall throw.</summary>
    public Action<DiskOperation>? BeforeOperation { get; set; }

    public long FreeBytes
    {
        get
        {
            lock (_gate) return Math.Max(0, CapacityBytes - _names.UsedBytes);
        }
    }

    /// <summary>Counts crashes and kills. Handles opened before the last one are dead.</summary>
    internal int Generation { get; private set; }

    internal object Gate => _gate;

    internal Random Random => _random;

    public IDiskFile Create(string path)
    {
        Begin(DiskOperationKind.Create, path, 0, 0);
        lock (_gate)
        {
            if (_names.Find(path) is not null) throw new IOException($"The file {path} exists");
            return new SimulatedDiskFile(this, path, _names.Create(path), DiskAccess.ReadWrite);
        }
    }

    public IDiskFile Open(string path, DiskAccess access)
    {
        Begin(DiskOperationKind.Open, path, 0, 0);
        lock (_gate)
        {
            var contents = _names.Find(path) ?? throw new FileNotFoundException($"There is no file {path}", path);
            return new SimulatedDiskFile(this, path, contents, access);
        }
    }

    public bool Exists(string path)
    {
        lock (_gate) return _names.Find(path) is not null;
    }

    public IReadOnlyList<string> List(string folder)
    {
        lock (_gate) return _names.List(folder);
    }

    /// <summary>Folders need no making here: every name may contain '/'.</summary>
    public void CreateFolder(string folder) => Begin(DiskOperationKind.CreateFolder, folder, 0, 0);

    public void Rename(string from, string to)
    {
        Begin(DiskOperationKind.Rename, from, 0, 0);
        lock (_gate) _names.Rename(from, to);
    }

    public void Delete(string path)
    {
        Begin(DiskOperationKind.Delete, path, 0, 0);
        lock (_gate) _names.Delete(path);
    }

    public void SyncFolder(string folder)
    {
        Begin(DiskOperationKind.SyncFolder, folder, 0, 0);
        lock (_gate) _names.Sync(folder);
    }

    /// <summary>
    /// The machine loses power and starts again. Of each unflushed write every 512-byte sector stays or is lost on its
    /// own, the last one that stays may be torn at any byte, and a file may have grown without its data (zeros).
    /// Of names that were not synced, some changes are lost, and with them all later ones that touch the same names.
    /// Open handles are dead afterwards.
    /// </summary>
    public void Crash()
    {
        lock (_gate)
        {
            Generation++;
            _names.Crash(_random);
        }
    }

    /// <summary>
    /// The process dies, the machine goes on. All that was written is still seen, but what was not flushed or synced
    /// can still be lost in a later <see cref="Crash"/>. Open handles are dead afterwards.
    /// </summary>
    public void Kill()
    {
        lock (_gate) Generation++;
    }

    /// <summary>Spoils one bit at rest: what was flushed, and what is seen.</summary>
    public void FlipBit(string path, long offsetBytes, int bit)
    {
        lock (_gate)
        {
            var contents = _names.Find(path) ?? throw new FileNotFoundException($"There is no file {path}", path);
            contents.FlipBit(offsetBytes, bit);
        }
    }

    internal void Begin(DiskOperationKind kind, string path, long offsetBytes, long lengthBytes)
    {
        TimeSpan delay;
        lock (_gate) delay = Faults.MaxDelay * (Faults.MaxDelay > TimeSpan.Zero ? _random.NextDouble() : 0);
        BeforeOperation?.Invoke(new DiskOperation(kind, path, offsetBytes, lengthBytes, delay));
    }

    /// <summary>To be called with <see cref="Gate"/> held.</summary>
    internal bool Chance(double rate) => rate > 0 && _random.NextDouble() < rate;

    /// <summary>How much of a growth still fits. To be called with <see cref="Gate"/> held.</summary>
    internal long Fitting(long growthBytes) =>
        growthBytes == 0 || CapacityBytes == long.MaxValue
            ? growthBytes // The common cases cost no look at all the files.
            : Math.Min(growthBytes, Math.Max(0, CapacityBytes - _names.UsedBytes));
}
