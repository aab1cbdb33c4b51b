using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Ciaos.Storage.Disks;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// Reads durable needles of one volume, and verifies what it reads. One shared handle, positional reads: safe for many
/// threads. A short needle takes one read. Of a long one the head and the touched blocks are read, whole blocks
/// straight into the caller's memory.
/// </summary>
public sealed class VolumeReader : IDisposable
{
    // Up to here one read of more than is needed costs less than two exact ones.
    private const int SingleReadBytes = 128 * 1024;

    private readonly IDiskFile _file;
    private readonly Superblock _superblock;

    private VolumeReader(IDiskFile file, Superblock superblock)
    {
        _file = file;
        _superblock = superblock;
    }

    /// <exception cref="VolumeCorruptException">The superblock is damaged.</exception>
    public static VolumeReader Open(VolumeFolder folder, VolumeId volume)
    {
        var file = folder.Disk.Open(folder.FileOf(volume), DiskAccess.Read);
        try
        {
            return new VolumeReader(file, Superblock.Read(file, volume));
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Fills <paramref name="destination"/> from the needle's data.</summary>
    /// <param name="offsetBytes">Counted from the start of the data.</param>
    /// <exception cref="ArgumentOutOfRangeException">The needle does not have these bytes.</exception>
    /// <exception cref="VolumeCorruptException">The bytes on disk are not what was written there.</exception>
    public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination)
    {
        Check(needle, offsetBytes, destination.Length);
        var lastBlock = (offsetBytes + Math.Max(1, destination.Length) - 1) / NeedleFormat.BlockBytes;
        var touchedEnd = (int)Math.Min(needle.DataBytes, (lastBlock + 1L) * NeedleFormat.BlockBytes);
        var isShort = needle.DataStartBytes + touchedEnd <= SingleReadBytes;
        var bytes = needle.DataStartBytes + (isShort ? touchedEnd : 0);
        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            var head = buffer.AsSpan(0, bytes);
            Fill(needle.OffsetBytes, head);
            VerifyHead(needle, head);
            if (isShort) CopyBlocks(needle, head, offsetBytes, destination);
            else ReadBlocks(needle, head, offsetBytes, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _file.Dispose();

    private static void Check(NeedleLocation needle, int offsetBytes, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offsetBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(needle.OffsetBytes, Superblock.Bytes, nameof(needle));
        ArgumentOutOfRangeException.ThrowIfLessThan(needle.DataStartBytes, NeedleHeader.MinBytes, nameof(needle));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            needle.DataStartBytes, NeedleFormat.MaxDataStartBytes, nameof(needle));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(needle.DataBytes, NeedleFormat.MaxDataBytes, nameof(needle));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (long)offsetBytes + count, needle.DataBytes, nameof(offsetBytes));
    }

    private void VerifyHead(NeedleLocation needle, ReadOnlySpan<byte> bytes)
    {
        if (!NeedleHeader.TryRead(_superblock.Version, bytes, out var header))
        {
            var found = bytes[..NeedleHeader.Magic(_superblock.Version).Length];
            throw Corrupt(needle.OffsetBytes, "a needle", Convert.ToHexString(found));
        }

        if (header.DataStartBytes != needle.DataStartBytes || header.DataBytes != needle.DataBytes)
        {
            throw Corrupt(
                needle.OffsetBytes,
                string.Create(CultureInfo.InvariantCulture, $"{needle.DataBytes} bytes at {needle.DataStartBytes}"),
                string.Create(CultureInfo.InvariantCulture, $"{header.DataBytes} bytes at {header.DataStartBytes}"));
        }

        var due = NeedleHeader.HeadCrc(_superblock.Salt, needle.OffsetBytes, bytes[..header.HeadBytes]);
        var crc = NeedleHeader.ReadCrc(bytes);
        if (crc != due) throw Corrupt(needle.OffsetBytes, $"head CRC-32C {crc:x8}", $"{due:x8}");
    }

    private void CopyBlocks(NeedleLocation needle, ReadOnlySpan<byte> bytes, int offsetBytes, Span<byte> destination)
    {
        var data = bytes[needle.DataStartBytes..];
        while (!destination.IsEmpty)
        {
            var block = offsetBytes / NeedleFormat.BlockBytes;
            var start = block * NeedleFormat.BlockBytes;
            var content = data[start..Math.Min(start + NeedleFormat.BlockBytes, data.Length)];
            VerifyBlock(needle, bytes, block, content);
            var wanted = content[(offsetBytes - start)..];
            wanted = wanted[..Math.Min(wanted.Length, destination.Length)];
            wanted.CopyTo(destination);
            destination = destination[wanted.Length..];
            offsetBytes += wanted.Length;
        }
    }

    private void ReadBlocks(NeedleLocation needle, ReadOnlySpan<byte> head, int offsetBytes, Span<byte> destination)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(NeedleFormat.BlockBytes);
        try
        {
            while (!destination.IsEmpty)
            {
                var done = offsetBytes % NeedleFormat.BlockBytes == 0
                    ? ReadWholeBlocks(needle, head, offsetBytes, destination)
                    : 0;
                if (done == 0) done = ReadPartOfBlock(needle, head, offsetBytes, destination, buffer);
                destination = destination[done..];
                offsetBytes += done;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // As many blocks as fit wholly into the destination, in one read.
    private int ReadWholeBlocks(NeedleLocation needle, ReadOnlySpan<byte> head, int offsetBytes, Span<byte> destination)
    {
        var reachesEnd = offsetBytes + destination.Length == needle.DataBytes;
        var count = destination.Length - (reachesEnd ? 0 : destination.Length % NeedleFormat.BlockBytes);
        if (count == 0) return 0;
        Fill(needle.OffsetBytes + needle.DataStartBytes + offsetBytes, destination[..count]);
        for (var at = 0; at < count; at += NeedleFormat.BlockBytes)
        {
            var block = destination[at..Math.Min(at + NeedleFormat.BlockBytes, count)];
            VerifyBlock(needle, head, (offsetBytes + at) / NeedleFormat.BlockBytes, block);
        }

        return count;
    }

    private int ReadPartOfBlock(
        NeedleLocation needle, ReadOnlySpan<byte> head, int offsetBytes, Span<byte> destination, byte[] buffer)
    {
        var block = offsetBytes / NeedleFormat.BlockBytes;
        var start = block * NeedleFormat.BlockBytes;
        var content = buffer.AsSpan(0, Math.Min(NeedleFormat.BlockBytes, needle.DataBytes - start));
        Fill(needle.OffsetBytes + needle.DataStartBytes + start, content);
        VerifyBlock(needle, head, block, content);
        var wanted = content[(offsetBytes - start)..];
        wanted = wanted[..Math.Min(wanted.Length, destination.Length)];
        wanted.CopyTo(destination);
        return wanted.Length;
    }

    private void VerifyBlock(NeedleLocation needle, ReadOnlySpan<byte> head, int block, ReadOnlySpan<byte> content)
    {
        var table = needle.DataStartBytes - (NeedleFormat.BlockCount(needle.DataBytes) * NeedleFormat.CrcBytes);
        var due = BinaryPrimitives.ReadUInt32LittleEndian(head[(table + (block * NeedleFormat.CrcBytes))..]);
        var found = Crc32C.Compute(content);
        if (found == due) return;
        var offset = needle.OffsetBytes + needle.DataStartBytes + ((long)block * NeedleFormat.BlockBytes);
        throw Corrupt(offset, $"block CRC-32C {due:x8}", $"{found:x8}");
    }

    private void Fill(long offsetBytes, Span<byte> destination)
    {
        var count = _file.Read(offsetBytes, destination);
        if (count == destination.Length) return;
        throw Corrupt(
            offsetBytes,
            string.Create(CultureInfo.InvariantCulture, $"{destination.Length} bytes"),
            string.Create(CultureInfo.InvariantCulture, $"{count} bytes"));
    }

    private VolumeCorruptException Corrupt(long offsetBytes, string expected, string found) =>
        new(_file.Path, offsetBytes, expected, found);
}
