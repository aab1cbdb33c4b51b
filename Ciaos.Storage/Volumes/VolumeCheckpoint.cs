using System.Buffers.Binary;
using Ciaos.Storage.Disks;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// How far a volume is known to be durable: a small file beside the volume, always replaced as a whole. It only spares
/// recovery work: one that is missing, damaged or of another volume is ignored. Little-endian. Spec: docs/formats.md.
/// <code>
/// offset  bytes  field
///      0      8  Magic          the ASCII letters CIAOSCKP
///      8      4  Version        1
///     12      4  Flags          bit 0: the volume is sealed
///     16      8  VolumeId
///     24      8  Salt           that of the superblock
///     32      8  LengthBytes    all before this was durable when the checkpoint was written
///     40      8  NeedleCount    needles before that place, of every kind
///     48      8  HighestNeedle  the highest needle id before that place
///     56      4  zeros
///     60      4  CRC-32C of the 60 bytes before it
/// </code>
/// </summary>
public sealed record VolumeCheckpoint(
    VolumeId Volume, ulong Salt, bool IsSealed, long LengthBytes, long NeedleCount, NeedleId HighestNeedle)
{
    public const int Bytes = 64;

    private const int Version = 1;
    private const uint SealedFlag = 1;
    private const int CrcOffset = Bytes - NeedleFormat.CrcBytes;

    private static ReadOnlySpan<byte> Magic => "CIAOSCKP"u8;

    /// <summary>Replaces the volume's checkpoint. Not durable before the folder is next synced, and need not be:
    /// the one before is true as well.</summary>
    public void Write(VolumeFolder folder)
    {
        var path = folder.CheckpointOf(Volume);
        var temporary = path + ".tmp";
        folder.Disk.Delete(temporary);
        using (var file = folder.Disk.Create(temporary))
        {
            file.Write(0, [ToBytes()]);
            file.Flush();
        }

        CrashPoints.Reach(CrashPoint.CheckpointFlushed);
        folder.Disk.Rename(temporary, path);
        CrashPoints.Reach(CrashPoint.CheckpointRenamed);
    }

    /// <summary>The volume's checkpoint, or null where there is none that can be trusted.</summary>
    public static VolumeCheckpoint? Read(VolumeFolder folder, Superblock superblock)
    {
        var path = folder.CheckpointOf(superblock.Volume);
        if (!folder.Disk.Exists(path)) return null;
        Span<byte> bytes = stackalloc byte[Bytes];
        using var file = folder.Disk.Open(path, DiskAccess.Read);
        if (file.Read(0, bytes) < Bytes || !IsWhole(bytes)) return null;
        var checkpoint = new VolumeCheckpoint(
            new VolumeId(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..])),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            (BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) & SealedFlag) != 0,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            new NeedleId(BinaryPrimitives.ReadInt64LittleEndian(bytes[48..])));
        return checkpoint.Volume == superblock.Volume && checkpoint.Salt == superblock.Salt ? checkpoint : null;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), IsSealed ? SealedFlag : 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Volume.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), Salt);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), LengthBytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(40), NeedleCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(48), HighestNeedle.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CrcOffset), Crc32C.Compute(bytes.AsSpan(0, CrcOffset)));
        return bytes;
    }

    private static bool IsWhole(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Magic)
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) == Version
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[CrcOffset..]) == Crc32C.Compute(bytes[..CrcOffset])
        && BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]) >= Superblock.Bytes;
}
