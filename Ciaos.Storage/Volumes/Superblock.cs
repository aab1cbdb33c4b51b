using System.Buffers.Binary;
using System.Globalization;
using Ciaos.Storage.Disks;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// The first 4 KiB of a volume, little-endian. Written once, before the volume's first needle. Spec: docs/formats.md.
/// <code>
/// offset  bytes  field
///      0      8  Magic    the ASCII letters CIAOSVOL
///      8      4  Version  of the needles' headers: 1 (WideHeader) or 2 (CompactHeader)
///     12      4  Flags    none defined: 0 is written, readers ignore them
///     16      8  VolumeId
///     24      8  Created  microseconds since 1970, UTC
///     32      8  Salt     a random number that takes part in every needle's head checksum
///     40   4052  zeros, for later fields
///   4092      4  CRC-32C of the 4,092 bytes before it
/// </code>
/// </summary>
/// <param name="Version">What has been begun in one is gone on with in it.</param>
public sealed record Superblock(
    VolumeId Volume, long CreatedMicroseconds, ulong Salt, int Version = Superblock.LatestVersion)
{
    public const int Bytes = 4096;
    public const int LatestVersion = 2;

    private const int CrcOffset = Bytes - NeedleFormat.CrcBytes;

    private static ReadOnlySpan<byte> Magic => "CIAOSVOL"u8;

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Volume.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), CreatedMicroseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(32), Salt);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CrcOffset), Crc32C.Compute(bytes.AsSpan(0, CrcOffset)));
        return bytes;
    }

    /// <exception cref="VolumeCorruptException">It is not a superblock of this volume, or of a version that this
    /// program does not know.</exception>
    public static Superblock Read(IDiskFile file, VolumeId expected)
    {
        var bytes = new byte[Bytes];
        var found = file.Read(0, bytes);
        if (found < Bytes) throw Corrupt(file, found, $"a superblock of {Bytes} bytes", $"{found} bytes");
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(CrcOffset));
        var due = Crc32C.Compute(bytes.AsSpan(0, CrcOffset));
        if (crc != due) throw Corrupt(file, CrcOffset, $"CRC-32C {due:x8}", $"{crc:x8}");
        if (!bytes.AsSpan().StartsWith(Magic)) throw Corrupt(file, 0, "CIAOSVOL", Convert.ToHexString(bytes, 0, 8));
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        if (version is < 1 or > LatestVersion)
            throw Corrupt(file, 8, $"format version 1 to {LatestVersion}", Text(version));
        var volume = new VolumeId(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)));
        if (volume != expected) throw Corrupt(file, 16, $"volume {expected.Value}", Text(volume.Value));
        return new Superblock(
            volume,
            BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24)),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32)),
            version);
    }

    private static VolumeCorruptException Corrupt(IDiskFile file, long offsetBytes, string expected, string found) =>
        new(file.Path, offsetBytes, expected, found);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
