using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>How often a workload does what: weights, each against the sum of its group.</summary>
internal sealed record WorkloadProfile(string Name)
{
    public int RawPut { get; init; } = 14;

    public int BrokenPut { get; init; } = 1;

    public int RawGet { get; init; } = 16;

    public int RawHead { get; init; } = 3;

    public int RawDelete { get; init; } = 5;

    public int Stat { get; init; } = 4;

    public int FilesPut { get; init; } = 12;

    public int FilesUpdate { get; init; } = 6;

    public int FilesAppend { get; init; } = 12;

    public int FilesGet { get; init; } = 10;

    public int Delete { get; init; } = 6;

    public int Rename { get; init; } = 10;

    public int List { get; init; } = 5;

    /// <summary>Sizes of files, in groups: empty or one byte, small, about a chunk or a checksummed block, several
    /// chunks.</summary>
    public (int Tiny, int Small, int Edge, int Large) Sizes { get; init; } = (2, 5, 2, 1);

    /// <summary>Of a large file, but for the last one.</summary>
    public int MaxChunks { get; init; } = 6;

    /// <summary>Null: those of the settings.</summary>
    public int? ChunkBytes { get; init; }

    /// <summary>With few, two keys often share one.</summary>
    public int MaxShards { get; init; } = int.MaxValue;

    /// <summary>Faults of any kind, of 1,000 steps.</summary>
    public int FaultsPerThousand { get; init; } = 40;

    public int PowerCut { get; init; } = 10;

    public int Kill { get; init; } = 4;

    public int Restart { get; init; } = 2;

    public int FlipBit { get; init; }

    public int FillDisk { get; init; } = 1;

    /// <summary>Reads, writes and flushes that fail.</summary>
    public int DiskErrors { get; init; } = 1;

    public int RebuildIndex { get; init; } = 2;

    public int PassTime { get; init; } = 3;

    public int Race { get; init; } = 2;

    public int KillThenPowerCut { get; init; } = 1;

    public int FailedSyncThenPowerCut { get; init; }

    /// <summary>How many of the keys are used.</summary>
    public int Keys { get; init; } = int.MaxValue;

    /// <summary>What seeds choose from.</summary>
    public static ImmutableArray<(int Weight, WorkloadProfile Profile)> All { get; } =
    [
        (6, new WorkloadProfile("mixed")),
        (2, new WorkloadProfile("raw")
        {
            FilesPut = 0, FilesUpdate = 0, FilesAppend = 0, FilesGet = 1, Rename = 2, RawDelete = 8,
        }),
        (3, new WorkloadProfile("renames") { Rename = 50, List = 10 }),
        (2, new WorkloadProfile("appends") { FilesAppend = 70, RawPut = 4, Delete = 2, RawDelete = 1 }),
        (2, new WorkloadProfile("deletes") { Delete = 30, RawDelete = 20, FilesPut = 30, RawPut = 25 }),
        (2, new WorkloadProfile("hot keys") { Keys = 2, FaultsPerThousand = 60, Sizes = (2, 5, 1, 0) }),
        (2, new WorkloadProfile("large") { Sizes = (1, 1, 4, 6) }),
        (3, new WorkloadProfile("crashes") { FaultsPerThousand = 120, FillDisk = 0, PassTime = 0 }),
        (3, new WorkloadProfile("kills")
        {
            KillThenPowerCut = 60, Keys = 3, RebuildIndex = 0, FaultsPerThousand = 120,
        }),
        (3, new WorkloadProfile("races") { Race = 60, RebuildIndex = 0, FaultsPerThousand = 150, MaxShards = 2 }),
        (2, new WorkloadProfile("many chunks")
        {
            ChunkBytes = 256, MaxChunks = 500, Sizes = (0, 1, 1, 8), Keys = 1, RawPut = 40, RawDelete = 12, RawGet = 50,
            FilesPut = 4, FilesUpdate = 4, FilesAppend = 4, Rename = 2,
        }),
        (1, new WorkloadProfile("rebuilds") { FaultsPerThousand = 60, RebuildIndex = 20 }),
        (2, new WorkloadProfile("full disk") { FillDisk = 15, FaultsPerThousand = 60 }),
        (3, new WorkloadProfile("bad disk") { DiskErrors = 15, PowerCut = 15, Kill = 8, FaultsPerThousand = 100 }),
        (2, new WorkloadProfile("bad syncs") { FailedSyncThenPowerCut = 60, Keys = 4, RebuildIndex = 0, FillDisk = 0 }),
        (2, new WorkloadProfile("rot") { FlipBit = 15, RebuildIndex = 0, FaultsPerThousand = 60 }),
        (1, new WorkloadProfile("calm") { FaultsPerThousand = 0 }),
    ];
}
