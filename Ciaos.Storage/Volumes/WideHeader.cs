using System.Buffers.Binary;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// Needle headers of volumes of version 1, little-endian, always 52 bytes. Spec: docs/formats.md.
/// <code>
/// offset  bytes  field
///      0      4  Magic          the ASCII letters NDL1
///      4      1  Kind           1 = data, 2 = tombstone, 3 = seal, 4 = gap, 5 = events
///      5      1  Flags          bit 0: last chunk of its upload
///      6      1  Operation      1 = create, 2 = replace, 3 = append, 4 = part, 0 = none
///      7      1  Format         1 = raw, 2 = FileDataList, 0 = none
///      8      4  HeadCrc
///     12      4  DataBytes      0 to 64 Mi
///     16      2  KeyBytes       0 to 1,024
///     18      2  MetadataBytes  0 to 8,192
///     20      4  BatchBytes
///     24      8  NeedleId
///     32      8  BucketId
///     40      8  ObjectId
///     48      4  ChunkOrdinal
/// </code>
/// </summary>
internal static class WideHeader
{
    public const int Bytes = 52;

    private const byte LastChunkFlag = 1;

    public static ReadOnlySpan<byte> Magic => "NDL1"u8;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out NeedleHeader header)
    {
        header = default;
        if (bytes.Length < Bytes || !bytes.StartsWith(Magic)) return false;
        header = new NeedleHeader(
            Bytes,
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
        return header.DataBytes is >= 0 and <= NeedleFormat.MaxDataBytes
            && header.KeyBytes <= ObjectKey.MaxBytes
            && header.MetadataBytes <= NeedleFormat.MaxMetadataBytes;
    }

    public static void Write(NeedleHeader header, Span<byte> bytes)
    {
        Magic.CopyTo(bytes);
        bytes[4] = (byte)header.Kind;
        bytes[5] = header.IsLastChunk ? LastChunkFlag : (byte)0;
        bytes[6] = (byte)header.Operation;
        bytes[7] = (byte)header.Format;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], header.DataBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[16..], checked((ushort)header.KeyBytes));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[18..], checked((ushort)header.MetadataBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], header.BatchBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], header.Id.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], header.Bucket.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], header.Object.Value);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[48..], header.ChunkOrdinal);
    }
}
