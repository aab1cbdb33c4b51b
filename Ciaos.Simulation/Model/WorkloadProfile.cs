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

    public int S3Put { get; init; }

    public int S3Get { get; init; }

    public int S3Delete { get; init; }

    public int S3DeleteVersion { get; init; }

    public int S3ListVersions { get; init; }

    public int S3Begin { get; init; }

    public int S3PutPart { get; init; }

    public int S3Complete { get; init; }

    public int S3Abort { get; init; }

    public int S3ListParts { get; init; }

    /// <summary>A bucket is told to keep versions, or not to.</summary>
    public int Versioning { get; init; }

    /// <summary>Clients speak S3 only.</summary>
    public bool IsS3 { get; init; }

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

    private static readonly WorkloadProfile Versions = new WorkloadProfile("versions")
    {
        RawPut = 0,
        BrokenPut = 0,
        RawGet = 0,
        RawHead = 0,
        RawDelete = 0,
        Stat = 0,
        FilesPut = 0,
        FilesUpdate = 0,
        FilesAppend = 0,
        FilesGet = 0,
        Delete = 0,
        Rename = 0,
        List = 0,
        IsS3 = true,
        S3Put = 24,
        S3Get = 20,
        S3Delete = 10,
        S3DeleteVersion = 14,
        S3ListVersions = 6,
        Versioning = 12,
        S3Begin = 3,
        S3PutPart = 6,
        S3Complete = 3,
        S3Abort = 1,
        S3ListParts = 1,
        Keys = 3,
        FaultsPerThousand = 80,
    };

    private static readonly WorkloadProfile InParts = Versions with
    {
        Name = "parts",
        S3Put = 6,
        S3Get = 10,
        S3Delete = 3,
        S3DeleteVersion = 4,
        S3ListVersions = 3,
        Versioning = 4,
        S3Begin = 8,
        S3PutPart = 40,
        S3Complete = 14,
        S3Abort = 2,
        S3ListParts = 3,
        Keys = 2,
    };

    /// <summary>What seeds from <see cref="Workload.FirstS3Seed"/> on choose from.</summary>
    public static ImmutableArray<(int Weight, WorkloadProfile Profile)> OfS3 { get; } =
    [
        (6, Versions),
        (6, InParts),
        (2, Versions with { Name = "versions, crashes", FaultsPerThousand = 160, FillDisk = 0, PassTime = 0 }),
        (2, InParts with { Name = "parts, crashes", FaultsPerThousand = 160, FillDisk = 0, PassTime = 0 }),
        (2, Versions with { Name = "versions, hot key", Keys = 1, Sizes = (0, 5, 1, 0), MaxShards = 1 }),
        (2, InParts with { Name = "parts, hot key", Keys = 1, Sizes = (0, 5, 1, 0), MaxShards = 1 }),
        (2, Versions with { Name = "versions, kills", KillThenPowerCut = 40, FaultsPerThousand = 120 }),
        (1, Versions with { Name = "versions, races", Race = 40, FaultsPerThousand = 150, MaxShards = 2 }),
        (1, InParts with { Name = "parts, races", Race = 40, FaultsPerThousand = 150, MaxShards = 2 }),
        (1, Versions with { Name = "versions, rebuilds", RebuildIndex = 30 }),
        (1, InParts with { Name = "parts, rebuilds", RebuildIndex = 30 }),
        (1, Versions with { Name = "versions, bad disk", DiskErrors = 15, FillDisk = 8 }),
        (1, InParts with { Name = "parts, bad disk", DiskErrors = 15, FillDisk = 8 }),
    ];
}
