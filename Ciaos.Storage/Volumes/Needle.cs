namespace Ciaos.Storage.Volumes;

/// <summary>Stored on disk: never renumber.</summary>
public enum NeedleKind : byte
{
    Data = 1,

    /// <summary>The upload that it names is deleted or replaced.</summary>
    Tombstone = 2,

    /// <summary>The volume ends here.</summary>
    Seal = 3,

    /// <summary>Written by recovery: lists ranges before it that a crash tore. They hold no needle.</summary>
    Gap = 4,

    /// <summary>Events of the index, just as its journal holds them: what <c>ciaos rebuild-index</c> reads.</summary>
    Events = 5,
}

/// <summary>What the upload that wrote a data needle meant to do. Stored on disk: never renumber.</summary>
public enum UploadOperation : byte
{
    /// <summary>Makes the key; it must not exist.</summary>
    Create = 1,

    /// <summary>Takes the place of what the key held, if anything.</summary>
    Replace = 2,

    /// <summary>Adds to what the key holds.</summary>
    Append = 3,

    /// <summary>A part of an object to be: the key does not show it by itself.</summary>
    Part = 4,
}

/// <summary>How the bytes of an upload are to be understood. Stored on disk: never renumber.</summary>
public enum BodyFormat : byte
{
    /// <summary>The body is one file.</summary>
    Raw = 1,

    /// <summary>The body is a FlatBuffers <c>FileDataList</c> (docs/formats.md); its files lie inside it.</summary>
    FileDataList = 2,
}

/// <summary>One needle to be written. docs/formats.md tells how it lies on disk.</summary>
/// <param name="Object">The upload that it belongs to; of a tombstone, the upload that it ends.</param>
/// <param name="ChunkOrdinal">Its place among the needles of its upload, from 0.</param>
/// <param name="IsLastChunk">No needle of this upload follows.</param>
/// <param name="Metadata">What the index keeps about the object and volumes must be able to give back, such as
/// <c>content-type</c>. Given with the first chunk; empty on the others.</param>
/// <param name="Data">0 bytes to one chunk. Not to be touched by the sender until the answer has come.</param>
public sealed record Needle(
    NeedleKind Kind,
    NeedleId Id,
    BucketId Bucket,
    ObjectKey Key,
    ObjectId Object,
    int ChunkOrdinal,
    bool IsLastChunk,
    UploadOperation Operation,
    BodyFormat Format,
    IReadOnlyDictionary<string, string> Metadata,
    ReadOnlyMemory<byte> Data);

/// <summary>Where a durable needle lies. Enough to read its data with one positional read.</summary>
/// <param name="OffsetBytes">Start of the needle's header, counted from the start of the volume's file.</param>
/// <param name="DataStartBytes">Start of its data, counted from the start of its header.</param>
/// <param name="DataBytes">Length of its data.</param>
public readonly record struct NeedleLocation(VolumeId Volume, long OffsetBytes, int DataStartBytes, int DataBytes);

/// <summary>A run of an object's bytes that lie together in one needle.</summary>
/// <param name="OffsetBytes">Where the run begins, counted from the start of the needle's data.</param>
/// <param name="LengthBytes">0 for an empty file, whose <paramref name="Needle"/> is <c>default</c>.</param>
/// <param name="StartsFile">A file of the object begins with this run. The first run of an object always does.</param>
public readonly record struct Segment(NeedleLocation Needle, int OffsetBytes, int LengthBytes, bool StartsFile);
