namespace Ciaos.Client;

public enum StoreEventKind
{
    /// <summary>The key was made, or its content replaced.</summary>
    Put = 1,

    /// <summary>Files were appended to it.</summary>
    Append = 2,

    /// <summary>It is gone; perhaps to <see cref="StoreEvent.RenamedTo"/>.</summary>
    Delete = 3,

    /// <summary>Nothing happened that concerns the reader, but this position will save reading it again.</summary>
    Position = 4,
}

/// <summary>A change of the user's keys. Of one key the order is true and without gaps; between keys there is
/// none.</summary>
/// <param name="Position">Everything up to it has been told: from here a reader goes on.</param>
/// <param name="Key">Empty in a <see cref="StoreEventKind.Position"/>.</param>
public sealed record StoreEvent(string Position, StoreEventKind Kind, string Key)
{
    /// <summary>Of the object after the change, where known.</summary>
    public string? ETag { get; init; }

    /// <summary>Bytes of all files after the change, where known.</summary>
    public long? SizeBytes { get; init; }

    public DateTimeOffset? At { get; init; }

    public int Shard { get; init; }

    /// <summary>Of the event in its shard's journal, from 1.</summary>
    public long Sequence { get; init; }

    public string? RenamedTo { get; init; }

    public string? RenamedFrom { get; init; }
}
