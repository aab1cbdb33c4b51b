namespace Ciaos.Client;

/// <summary>What a write of a batch does with the key. The numbers are those of the wire.</summary>
public enum WriteMode
{
    /// <summary>It must not exist.</summary>
    Create = 1,

    /// <summary>It must exist.</summary>
    Replace = 2,

    /// <summary>Either.</summary>
    Upsert = 3,

    /// <summary>It must exist; the files are put behind those that it has.</summary>
    Append = 4,
}

/// <summary>One object to be stored.</summary>
/// <param name="Files">1 or more. Must not change until the batch has been answered.</param>
public sealed record BatchPut(string Key, IReadOnlyList<ReadOnlyMemory<byte>> Files, WriteMode Mode = WriteMode.Upsert);

/// <summary>What became of one object of a batch.</summary>
/// <param name="Index">Which of the items, from 0.</param>
/// <param name="Status">201 made, 200 replaced or appended to; else as the single request would have been
/// answered.</param>
/// <param name="Error">Null where it is stored.</param>
public sealed record BatchPutResult(long Index, string Key, int Status, string? ETag, CiaosException? Error);
