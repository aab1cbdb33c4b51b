using System.Buffers.Binary;

namespace Ciaos.Client.Files;

/// <summary>
/// Lays files out as a FlatBuffers <c>FileDataList</c>, front to back (docs/formats-wire.md): a head that follows from
/// the lengths alone, then the data, each file with its length before it and zeros up to a multiple of 4 behind it. The
/// files themselves are not copied.
/// </summary>
internal static class FileListWriter
{
    /// <summary>FlatBuffers has 31 bits for where things are.</summary>
    public const long MaxBytes = int.MaxValue;

    private const int VectorAt = 20;
    private const int EntryBytes = 4;
    private const int TableBytes = 8;

    private static readonly byte[] Zeros = new byte[EntryBytes];

    /// <summary>The parts of the body, one behind the other.</summary>
    /// <exception cref="CiaosException">They are more than fits.</exception>
    public static List<ReadOnlyMemory<byte>> Write(string key, IReadOnlyList<ReadOnlyMemory<byte>> files)
    {
        ArgumentOutOfRangeException.ThrowIfZero(files.Count, nameof(files));
        var total = HeadBytes(files.Count) + files.Sum(file => EntryBytes + Padded(file.Length));
        if (total > MaxBytes)
            throw new CiaosException(
                CiaosError.TooLarge, $"{total} bytes do not fit into one list of files of at most {MaxBytes}", key);
        // One array for all that is not data: the head, and the lengths that stand before the files.
        var frame = new byte[HeadBytes(files.Count) + (EntryBytes * (long)files.Count)];
        var lengthsAt = (int)HeadBytes(files.Count);
        WriteHead(frame, files);
        var parts = new List<ReadOnlyMemory<byte>>((3 * files.Count) + 1) { frame.AsMemory(0, lengthsAt) };
        for (var i = 0; i < files.Count; i++)
        {
            var length = frame.AsMemory(lengthsAt + (EntryBytes * i), EntryBytes);
            BinaryPrimitives.WriteInt32LittleEndian(length.Span, files[i].Length);
            parts.Add(length);
            parts.Add(files[i]);
            if (Padded(files[i].Length) - files[i].Length is > 0 and var gap) parts.Add(Zeros.AsMemory(0, (int)gap));
        }

        return parts;
    }

    private static long HeadBytes(int fileCount) =>
        VectorAt + EntryBytes + ((EntryBytes + TableBytes) * (long)fileCount);

    private static long Padded(int bytes) => ((long)bytes + 3) & ~3L;

    private static void WriteHead(Span<byte> head, IReadOnlyList<ReadOnlyMemory<byte>> files)
    {
        // Root at 12, the one vtable (6 bytes, tables of 8, field 0 at 4) at 4, the vector of files at 20.
        ReadOnlySpan<byte> start = [12, 0, 0, 0, 6, 0, 8, 0, 4, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0];
        start.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[VectorAt..], files.Count);
        var entries = VectorAt + EntryBytes;
        var tables = entries + (EntryBytes * files.Count);
        var dataAt = HeadBytes(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            var (entry, table) = (entries + (EntryBytes * i), tables + (TableBytes * i));
            BinaryPrimitives.WriteInt32LittleEndian(head[entry..], table - entry);
            BinaryPrimitives.WriteInt32LittleEndian(head[table..], table - EntryBytes);
            BinaryPrimitives.WriteInt32LittleEndian(head[(table + 4)..], (int)(dataAt - table - 4));
            dataAt += EntryBytes + Padded(files[i].Length);
        }
    }
}
