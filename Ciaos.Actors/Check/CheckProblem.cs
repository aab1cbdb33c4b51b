namespace Ciaos.Actors.Check;

/// <summary>What can be wrong with a store. docs/check.md explains each.</summary>
public enum CheckProblemKind
{
    /// <summary>A volume that the journal knows, and that held something, has no file.</summary>
    VolumeMissing = 1,

    /// <summary>There is a volume that the journal does not know.</summary>
    VolumeUnknown,

    /// <summary>Its superblock is damaged, or it cannot be read at all.</summary>
    VolumeUnreadable,

    /// <summary>Bytes of it that were durable hold no whole needle.</summary>
    VolumeDamaged,

    /// <summary>Its file is shorter than it was.</summary>
    VolumeCut,

    /// <summary>The journal says that it is full, but it does not end with a seal.</summary>
    SealMissing,

    /// <summary>A checkpoint is damaged, or says something else than the volume.</summary>
    CheckpointWrong,

    /// <summary>A file among the volumes that is none of theirs.</summary>
    FileUnknown,

    /// <summary>An event needle is whole, but what it holds is not understood.</summary>
    EventsUnreadable,

    /// <summary>There is no journal, or it cannot be read.</summary>
    JournalUnreadable,

    /// <summary>The journal's file is damaged, as its database says.</summary>
    JournalDamaged,

    /// <summary>A number has no event in the journal.</summary>
    EventMissing,

    /// <summary>An event of the journal is not understood.</summary>
    EventUnreadable,

    /// <summary>An event of the journal is not what volumes hold under its number.</summary>
    EventDiffers,

    /// <summary>An event stands in the wrong stream, or in the wrong place of it.</summary>
    EventMisplaced,

    /// <summary>An event cannot follow upon those before it.</summary>
    EventContradicts,

    /// <summary>An event that is said to be in volumes is not.</summary>
    EventUnrecorded,

    /// <summary>The catalog cannot be read, or is that of another version or number of shards.</summary>
    CatalogUnreadable,

    /// <summary>The catalog's file is damaged, as its database says.</summary>
    CatalogDamaged,

    /// <summary>The catalog has applied events that the journal does not have.</summary>
    CatalogAhead,

    /// <summary>The journal makes a row that the catalog does not have.</summary>
    CatalogRowMissing,

    /// <summary>The catalog has a row that the journal does not make.</summary>
    CatalogRowExtra,

    /// <summary>A row of the catalog says something else than the journal.</summary>
    CatalogRowDiffers,

    /// <summary>Bytes of an object lie in a volume that is not there.</summary>
    SegmentMissing,

    /// <summary>Where bytes of an object are said to lie, there is no such needle.</summary>
    SegmentDangling,

    /// <summary>Bytes of an object are damaged.</summary>
    SegmentCorrupt,

    /// <summary>Bytes of an object lie in a needle of another bucket.</summary>
    SegmentMisplaced,
}

/// <summary>Something that is wrong.</summary>
/// <param name="Detail">In words, for people.</param>
/// <param name="Stream">Whose events it is about.</param>
/// <param name="Number">Of the first event that it is about.</param>
public sealed record CheckProblem(
    CheckProblemKind Kind,
    string Detail,
    long? Volume = null,
    long? OffsetBytes = null,
    string? Stream = null,
    long? Number = null,
    long? Bucket = null,
    string? Key = null);

/// <summary>What to do about it, the gravest last.</summary>
public enum CheckAdvice
{
    Nothing = 0,

    /// <summary>Move the named files out of the folder: they are not needed.</summary>
    MoveFilesAway = 1,

    /// <summary>Move the catalog away and start the node, which makes it anew from the journal.</summary>
    RemakeCatalog = 2,

    /// <summary><c>ciaos rebuild-index --force</c>: the volumes hold what is wrong in the journal.</summary>
    RebuildIndex = 3,

    /// <summary>Bring the volumes back from a copy: what is named is lost otherwise.</summary>
    Restore = 4,
}
