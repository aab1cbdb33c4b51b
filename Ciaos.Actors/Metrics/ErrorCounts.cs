using System.Diagnostics.Metrics;

namespace Ciaos.Actors.Metrics;

/// <summary>What can go wrong in a store.</summary>
internal enum StoreError
{
    VolumeWrite,
    VolumeFsync,
    VolumeDiskFull,
    VolumeQuarantined,
    Journal,
    Catalog,
    Recording,
}

/// <summary>Counts errors by kind. All kinds are told from the start: an alert must see the first one happen.</summary>
internal sealed class ErrorCounts
{
    private static readonly (StoreError Kind, string Name)[] Kinds =
    [
        (StoreError.VolumeWrite, "volume_write"),
        (StoreError.VolumeFsync, "volume_fsync"),
        (StoreError.VolumeDiskFull, "volume_disk_full"),
        (StoreError.VolumeQuarantined, "volume_quarantined"),
        (StoreError.Journal, "journal"),
        (StoreError.Catalog, "catalog"),
        (StoreError.Recording, "recording"),
    ];

    private readonly long[] _counts = new long[Kinds.Length];

    public void Add(StoreError kind) => Interlocked.Increment(ref _counts[(int)kind]);

    public void Observe(Meter meter) => meter.CreateObservableCounter(
        "ciaos.errors",
        () => Kinds.Select(kind => new Measurement<long>(
            Volatile.Read(ref _counts[(int)kind.Kind]), new KeyValuePair<string, object?>("kind", kind.Name))),
        "{error}", "What went wrong, by kind");
}
