using System.Buffers.Binary;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// Header of every needle, little-endian. Key, metadata, one CRC-32C per 64 KiB block of data, the data itself and
/// zeros up to the next multiple of 8 follow. Spec: docs/formats.md.
/// <code>
/// offset  bytes  field
///      0      4  Magic          the ASCII letters NDL1
///      4      1  Kind           1 = data, 2 = tombstone, 3 = seal, 4 = gap, 5 = events
///      5      1  Flags          bit 0: last chunk of its upload
///      6      1  Operation      1 = create, 2 = replace, 3 = append, 4 = part, 0 = none
///      7      1  Format         1 = raw, 2 = FileDataList, 0 = none
///      8      4  HeadCrc        CRC-32C of salt, offset, this header without the field itself, key and metadata
///     12      4  DataBytes      0 to 64 Mi
///     16      2  KeyBytes       0 to 1,024
///     18      2  MetadataBytes  0 to 8,192
///     20      4  BatchBytes     back to where its batch begins: all before that was durable when this was written
///     24      8  NeedleId       microseconds since 1970, UTC; 0 for seal and gap
///     32      8  BucketId
///     40      8  ObjectId
///     48      4  ChunkOrdinal
/// </code>
/// </summary>
public readonly record struct NeedleHeader(
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
    public const int Bytes = 52;

    internal const int CrcOffset = 8;
    private const byte LastChunkFlag = 1;

    internal static ReadOnlySpan<byte> Magic => "NDL1"u8;

    /// <summary>Header, key and metadata: what <c>HeadCrc</c> covers.</summary>
    internal int HeadBytes => Bytes + KeyBytes + MetadataBytes;

    /// <summary>From the needle's start to its data.</summary>
    public int DataStartBytes => NeedleFormat.DataStartBytes(KeyBytes, MetadataBytes, DataBytes);

    /// <summary>From the needle's start to the next one.</summary>
    public long TotalBytes => NeedleFormat.Align(DataStartBytes + (long)DataBytes);

    /// <summary>Reads what may be a header. True does not mean that it is one: only <see cref="HeadCrc"/>
    /// tells.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out NeedleHeader header)
    {
        header = default;
        if (bytes.Length < Bytes || !bytes.StartsWith(Magic)) return false;
        header = new NeedleHeader(
            (NeedleKind)bytes[4],
            (bytes[5] & LastChunkFlag) != 0,
            (UploadOperation)bytes[6],
            (BodyFormat)bytes[7],
            BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            new NeedleId(BinaryPrimitives.ReadInt64LittleEndian(bytes[24..])),
            new BucketId(BinaryPrimitives.ReadInt64LittleEndian(bytes[32..])),
            new ObjectId(BinaryPrimitives.ReadInt64LittleEndian(bytes[40..])),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[48..]));
        return header.Kind != default
            && header.DataBytes is >= 0 and <= NeedleFormat.MaxDataBytes
            && header.KeyBytes <= ObjectKey.MaxBytes
            && header.MetadataBytes <= NeedleFormat.MaxMetadataBytes;
    }

    /// <summary>Writes all but the checksum, which needs key and metadata too.</summary>
    internal void Write(Span<byte> bytes)
    {
        Magic.CopyTo(bytes);
        bytes[4] = (byte)Kind;
        bytes[5] = IsLastChunk ? LastChunkFlag : (byte)0;
        bytes[6] = (byte)Operation;
        bytes[7] = (byte)Format;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], DataBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[16..], checked((ushort)KeyBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[18..], checked((ushort)MetadataBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], BatchBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], Id.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], Bucket.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], Object.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[48..], ChunkOrdinal);
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
}
