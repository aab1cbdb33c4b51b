using System.Buffers.Binary;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// Header of every needle. Key, metadata, one CRC-32C per 64 KiB block of data, the data itself and zeros up to the
/// next multiple of 8 follow. How it lies in the file depends on the version of the volume: <see cref="WideHeader"/>,
/// <see cref="CompactHeader"/>. Spec: docs/formats.md.
/// </summary>
/// <param name="HeaderBytes">Its own length.</param>
/// <param name="BatchBytes">Back to where its batch begins: all before that was durable when this was written.</param>
/// <param name="Id">Microseconds since 1970, UTC; 0 for seal and gap.</param>
public readonly record struct NeedleHeader(
    int HeaderBytes,
    NeedleKind Kind,
    bool IsLastChunk,
    UploadOperation Operation,
    BodyFormat Format,
    int DataBytes,
    int KeyBytes,
    int MetadataBytes,
    uint BatchBytes,
    NeedleId Id,
    BucketId Bucket,
    ObjectId Object,
    int ChunkOrdinal)
{
    internal const int MinBytes = CompactHeader.MinBytes;
    internal const int MaxBytes = CompactHeader.MaxBytes;

    // In both versions.
    internal const int CrcOffset = 8;

    /// <summary>Header, key and metadata: what <c>HeadCrc</c> covers.</summary>
    internal int HeadBytes => HeaderBytes + KeyBytes + MetadataBytes;

    /// <summary>From the needle's start to its data.</summary>
    public int DataStartBytes => HeadBytes + NeedleFormat.CrcsBytes(DataBytes);

    /// <summary>From the needle's start to the next one.</summary>
    public long TotalBytes => NeedleFormat.Align(DataStartBytes + (long)DataBytes);

    /// <summary>What every header of such a volume begins with.</summary>
    /// <param name="version">Of the volume: <see cref="Superblock.Version"/>.</param>
    internal static ReadOnlySpan<byte> Magic(int version) => IsWide(version) ? WideHeader.Magic : CompactHeader.Magic;

    /// <summary>Reads what may be a header. True does not mean that it is one: only <see cref="HeadCrc"/>
    /// tells.</summary>
    /// <param name="bytes">From its start on, <see cref="MaxBytes"/> where there are so many.</param>
    internal static bool TryRead(int version, ReadOnlySpan<byte> bytes, out NeedleHeader header) =>
        (IsWide(version) ? WideHeader.TryRead(bytes, out header) : CompactHeader.TryRead(bytes, out header))
        && header.Kind != default;

    /// <summary>How long the header of such a needle is.</summary>
    internal static int SizeBytes(int version, Needle needle, int keyBytes, int metadataBytes) =>
        IsWide(version) ? WideHeader.Bytes : CompactHeader.SizeBytes(needle, keyBytes, metadataBytes);

    /// <summary>Writes all but the checksum, which needs key and metadata too.</summary>
    internal void Write(int version, Span<byte> bytes)
    {
        if (IsWide(version)) WideHeader.Write(this, bytes);
        else CompactHeader.Write(this, bytes);
    }

    internal static uint ReadCrc(ReadOnlySpan<byte> head) => BinaryPrimitives.ReadUInt32LittleEndian(head[CrcOffset..]);

    /// <summary>
    /// The checksum that a needle's head must have. The volume's salt and the needle's place take part, so that bytes
    /// of a volume which somebody stored as an object are never taken for needles of the volume that they lie in.
    /// </summary>
    /// <param name="head">Header, key and metadata.</param>
    internal static uint HeadCrc(ulong salt, long offsetBytes, ReadOnlySpan<byte> head)
    {
        Span<byte> place = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(place, salt);
        BinaryPrimitives.WriteInt64LittleEndian(place[8..], offsetBytes);
        var crc = Crc32C.Append(Crc32C.Compute(place), head[..CrcOffset]);
        return Crc32C.Append(crc, head[(CrcOffset + NeedleFormat.CrcBytes)..]);
    }

    private static bool IsWide(int version) => version == 1;
}
