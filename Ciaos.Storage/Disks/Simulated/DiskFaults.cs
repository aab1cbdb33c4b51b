namespace Ciaos.Storage.Disks.Simulated;

/// <summary>How badly a simulated disk behaves while it runs.</summary>
/// <param name="ReadErrorRate">Share of reads that fail, 0 to 1.</param>
/// <param name="WriteErrorRate">Share of writes that fail, 0 to 1, after any part of the bytes was written.</param>
/// <param name="FlushErrorRate">Share of flushes that fail, 0 to 1. As on Linux the dirty pages then count as clean:
/// they can still be read, some never reach the disk, and the next flush reports success.</param>
/// <param name="MaxDelay">Each operation takes between nothing and this.</param>
public sealed record DiskFaults(double ReadErrorRate, double WriteErrorRate, double FlushErrorRate, TimeSpan MaxDelay)
{
    public static readonly DiskFaults None = new(0, 0, 0, TimeSpan.Zero);
}

public enum DiskOperationKind
{
    Create,
    Open,
    CreateFolder,
    Rename,
    Delete,
    SyncFolder,
    Read,
    Write,
    Flush,
    Preallocate,
    SetLength,
}

/// <param name="Delay">How long it takes: whoever runs the simulation makes this time pass.</param>
public sealed record DiskOperation(
    DiskOperationKind Kind, string Path, long OffsetBytes, long LengthBytes, TimeSpan Delay);
