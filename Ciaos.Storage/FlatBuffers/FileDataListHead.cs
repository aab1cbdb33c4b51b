using System.Buffers;
using System.Buffers.Binary;

namespace Ciaos.Storage.FlatBuffers;

/// <summary>
/// Writes a FlatBuffers <c>FileDataList</c> front to back while the files' bytes are still elsewhere. All that comes
/// before them follows from their number and lengths, so a reply's length is known before its first byte is sent and
/// nothing of it is held in memory. Layout, n files (docs/formats-wire.md):
/// <code>
/// offset    bytes  field
///      0        4  Root       12
///      4        6  VTable     6, 8, 4: it serves the root and every file, both have one field
///     10        2  zero
///     12        8  RootTable  8 back to the vtable; 4 on to the vector
///     20        4  Count      n
///     24       4n  Offsets    of file i: 4n + 4i on to its table
///  24+4n       8n  Tables     of file i: the way back to the vtable; the way on to its data
/// 24+12n           Data       of file i: length (4 bytes), bytes, zeros up to a multiple of 4
/// </code>
/// </summary>
/// <remarks>Use: <see cref="WritePreamble"/>, <see cref="WriteOffsets"/> for all files, <see cref="WriteTable"/> for
/// each, then for each <see cref="WriteLength"/>, the bytes, <see cref="WritePadding"/>.</remarks>
public sealed class FileDataListHead(long fileCount)
{
    private const int VTableAt = 4;
    private const int PreambleBytes = 24;
    private const int OffsetBytes = 4;
    private const int TableBytes = 8;
    private static readonly byte[] Preamble = [12, 0, 0, 0, 6, 0, 8, 0, 4, 0, 0, 0, 8, 0, 0, 0, 4, 0, 0, 0];
    private long _tablesWritten;
    private long _nextDataBytes = HeadBytes(fileCount);

    /// <summary>Bytes before the first file's length. More than <see cref="FileDataListReader.MaxBytes"/>: such a list
    /// is not possible.</summary>
    public static long HeadBytes(long fileCount) =>
        PreambleBytes + checked(Math.Min(fileCount, FileDataListReader.MaxBytes) * (OffsetBytes + TableBytes));

    /// <summary>What one file takes behind the head: its length, its bytes, its padding.</summary>
    public static long FileBytes(long lengthBytes) => OffsetBytes + lengthBytes + PaddingBytes(lengthBytes);

    public static int PaddingBytes(long lengthBytes) => (int)(-lengthBytes & (OffsetBytes - 1));

    public void WritePreamble(IBufferWriter<byte> output)
    {
        var span = output.GetSpan(PreambleBytes);
        Preamble.CopyTo(span);
        BinaryPrimitives.WriteInt32LittleEndian(span[20..], checked((int)fileCount));
        output.Advance(PreambleBytes);
    }

    /// <summary>The offsets of some files' tables; of all in turn, in runs of any length.</summary>
    public void WriteOffsets(IBufferWriter<byte> output, long firstFile, int count)
    {
        var span = output.GetSpan(Math.Max(1, count * OffsetBytes));
        for (var i = 0; i < count; i++)
        {
            var offset = checked((int)((fileCount + firstFile + i) * OffsetBytes));
            BinaryPrimitives.WriteInt32LittleEndian(span[(i * OffsetBytes)..], offset);
        }

        output.Advance(count * OffsetBytes);
    }

    /// <summary>The table of the next file.</summary>
    public void WriteTable(IBufferWriter<byte> output, long lengthBytes)
    {
        var at = PreambleBytes + (fileCount * OffsetBytes) + (_tablesWritten * TableBytes);
        var span = output.GetSpan(TableBytes);
        BinaryPrimitives.WriteInt32LittleEndian(span, checked((int)(at - VTableAt)));
        BinaryPrimitives.WriteInt32LittleEndian(span[OffsetBytes..], checked((int)(_nextDataBytes - at - OffsetBytes)));
        output.Advance(TableBytes);
        _tablesWritten++;
        _nextDataBytes += FileBytes(lengthBytes);
    }

    /// <summary>What goes before a file's bytes.</summary>
    public static void WriteLength(IBufferWriter<byte> output, long lengthBytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(OffsetBytes), checked((int)lengthBytes));
        output.Advance(OffsetBytes);
    }

    /// <summary>What goes behind a file's bytes: 0 to 3 zeros.</summary>
    public static void WritePadding(IBufferWriter<byte> output, long lengthBytes)
    {
        var count = PaddingBytes(lengthBytes);
        if (count == 0) return;
        output.GetSpan(count)[..count].Clear();
        output.Advance(count);
    }
}
