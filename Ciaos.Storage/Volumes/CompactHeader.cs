using System.Buffers.Binary;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// Needle headers of volumes of version 2, little-endian: 12 bytes and seven varints (seven bits a byte, lowest first),
/// some 27 bytes in all. No id is negative. Spec: docs/formats.md.
/// <code>
/// offset  bytes  field
///      0      2  Magic          the ASCII letters N2
///      2      1  Kind           lower four bits; bit 4: last chunk of its upload
///      3      1  Operation      lower four bits; upper four: Format
///      4      4  BatchBytes
///      8      4  HeadCrc
///     12         DataBytes, KeyBytes, MetadataBytes, NeedleId, BucketId
///                ObjectId       0 = none, else 1 + zigzag(ObjectId - NeedleId)
///                ChunkOrdinal
/// </code>
/// </summary>
internal static class CompactHeader
{
    public const int MinBytes = FixedBytes + 7;
    public const int MaxBytes = FixedBytes + 4 + 2 + 2 + (3 * LongestVarint) + 5;

    private const int FixedBytes = 12;
    private const int LongestVarint = 10;
    private const int LowerBits = 0x0F;
    private const byte LastChunkFlag = 0x10;

    public static ReadOnlySpan<byte> Magic => "N2"u8;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out NeedleHeader header)
    {
        header = default;
        if (bytes.Length < MinBytes || !bytes.StartsWith(Magic)) return false;
        var at = FixedBytes;
        if (!TryReadVarint(bytes, ref at, out var dataBytes) || dataBytes > NeedleFormat.MaxDataBytes
            || !TryReadVarint(bytes, ref at, out var keyBytes) || keyBytes > ObjectKey.MaxBytes
            || !TryReadVarint(bytes, ref at, out var metadataBytes) || metadataBytes > NeedleFormat.MaxMetadataBytes
            || !TryReadVarint(bytes, ref at, out var id)
            || !TryReadVarint(bytes, ref at, out var bucket)
            || !TryReadVarint(bytes, ref at, out var upload)
            || !TryReadVarint(bytes, ref at, out var ordinal) || ordinal > int.MaxValue)
        {
            return false;
        }

        header = new NeedleHeader(
            at,
            (NeedleKind)(bytes[2] & LowerBits),
            (bytes[2] & LastChunkFlag) != 0,
            (UploadOperation)(bytes[3] & LowerBits),
            (BodyFormat)(bytes[3] >> 4),
            (int)dataBytes,
            (int)keyBytes,
            (int)metadataBytes,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            new NeedleId((long)id),
            new BucketId((long)bucket),
            upload == 0 ? default : new ObjectId(unchecked((long)id + FromZigzag(upload - 1))),
            (int)ordinal);
        return true;
    }

    public static void Write(NeedleHeader header, Span<byte> bytes)
    {
        Magic.CopyTo(bytes);
        bytes[2] = (byte)((int)header.Kind | (header.IsLastChunk ? LastChunkFlag : 0));
        bytes[3] = (byte)((int)header.Operation | ((int)header.Format << 4));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], header.BatchBytes);
        var at = FixedBytes;
        WriteVarint(bytes, ref at, (ulong)header.DataBytes);
        WriteVarint(bytes, ref at, (ulong)header.KeyBytes);
        WriteVarint(bytes, ref at, (ulong)header.MetadataBytes);
        WriteVarint(bytes, ref at, (ulong)header.Id.Value);
        WriteVarint(bytes, ref at, (ulong)header.Bucket.Value);
        WriteVarint(bytes, ref at, UploadOf(header.Id, header.Object));
        WriteVarint(bytes, ref at, (ulong)header.ChunkOrdinal);
    }

    /// <summary>How long the header of such a needle is.</summary>
    public static int SizeBytes(Needle needle, int keyBytes, int metadataBytes) =>
        FixedBytes
        + VarintBytes((ulong)needle.Data.Length) + VarintBytes((ulong)keyBytes) + VarintBytes((ulong)metadataBytes)
        + VarintBytes((ulong)needle.Id.Value) + VarintBytes((ulong)needle.Bucket.Value)
        + VarintBytes(UploadOf(needle.Id, needle.Object)) + VarintBytes((ulong)needle.ChunkOrdinal);

    private static ulong UploadOf(NeedleId id, ObjectId upload) =>
        upload == default ? 0 : ToZigzag(unchecked(upload.Value - id.Value)) + 1;

    private static ulong ToZigzag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static long FromZigzag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    private static int VarintBytes(ulong value)
    {
        var count = 1;
        for (; value >= 0x80; value >>= 7) count++;
        return count;
    }

    private static void WriteVarint(Span<byte> bytes, ref int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7) bytes[at++] = (byte)(value | 0x80);
        bytes[at++] = (byte)value;
    }

    private static bool TryReadVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 7 * LongestVarint && at < bytes.Length; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return true;
        }

        return false;
    }
}
