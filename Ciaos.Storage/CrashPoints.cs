namespace Ciaos.Storage;

/// <summary>
/// The moments between two steps that must both happen, at which a crash is worth trying. docs/testing.md lists them;
/// a spec sees to it that the list, the code and the tests agree.
/// </summary>
public enum CrashPoint
{
    /// <summary>A new volume's superblock is written, not flushed.</summary>
    VolumeSuperblockWritten,

    /// <summary>A new volume's file is flushed, its name is not.</summary>
    VolumeFlushed,

    /// <summary>A new volume's file and name are durable; nothing is in it.</summary>
    VolumeCreated,

    /// <summary>A batch of needles is written, not flushed.</summary>
    BatchWritten,

    /// <summary>A batch of needles is durable, nobody was told.</summary>
    BatchFlushed,

    /// <summary>A volume's last batch is durable, its seal is not written.</summary>
    SealBegun,

    /// <summary>The seal is written, not flushed.</summary>
    SealWritten,

    /// <summary>The seal is durable, the space behind it is still reserved.</summary>
    SealFlushed,

    /// <summary>A checkpoint is flushed under its temporary name.</summary>
    CheckpointFlushed,

    /// <summary>A checkpoint has its name, which is not durable.</summary>
    CheckpointRenamed,

    /// <summary>Recovery has written again what may not have been durable, and has flushed it.</summary>
    RecoveryRewritten,

    /// <summary>Recovery has covered torn ranges with a gap needle.</summary>
    RecoveryCovered,

    /// <summary>Events are in the journal's transaction, which is open.</summary>
    JournalInserted,

    /// <summary>Events are committed, nobody was told.</summary>
    JournalCommitted,

    /// <summary>Changes are in the catalog's transaction, which is open.</summary>
    CatalogChanged,

    /// <summary>Changes are committed to the catalog, nobody was told.</summary>
    CatalogCommitted,

    /// <summary>Most of the journal's or the catalog's log is in the database, whose file is flushed.</summary>
    LogCopied,

    /// <summary>A rename between shards has begun, the other shard does not know.</summary>
    RenameStarted,

    /// <summary>The object is at its new key, the old key's shard does not know.</summary>
    RenameArrived,

    /// <summary>The old key is gone, the other shard still remembers the rename.</summary>
    RenameCompleted,

    /// <summary>The rename was refused, and the old key is free again.</summary>
    RenameAborted,

    /// <summary>A rebuilt journal and catalog are written under their temporary names, not durably.</summary>
    RebuildWritten,

    /// <summary>A rebuilt journal and catalog are durable under their temporary names.</summary>
    RebuildSettled,

    /// <summary>What was in a rebuild's way is moved aside.</summary>
    RebuildMovedAside,

    /// <summary>A rebuilt journal has its name, the catalog has not.</summary>
    RebuildJournalPublished,

    /// <summary>A rebuilt journal and catalog have their names.</summary>
    RebuildPublished,
}

/// <summary>
/// Tells whoever simulates crashes on this thread that a <see cref="CrashPoint"/> is reached. Elsewhere nothing
/// happens.
/// </summary>
public static class CrashPoints
{
    /// <summary>Called on this thread only.</summary>
    [ThreadStatic]
    private static Action<CrashPoint>? _observer;

    public static void Observe(Action<CrashPoint>? observer) => _observer = observer;

    public static void Reach(CrashPoint point) => _observer?.Invoke(point);
}
