using System.Buffers.Binary;
using System.Text;

namespace Ciaos.Client.Batch;

/// <summary>The head of a frame of a batch (docs/api.md), little-endian.</summary>
/// <param name="Second">Status in an answer, mode in a request.</param>
/// <param name="Third">Index in an answer, bytes of the key in a request.</param>
internal readonly record struct Frame(int Kind, int Second, long Third, long FileCount, long BodyBytes)
{
    public const int HeadBytes = 20;
    public const int LengthBytes = 8;
    public const int KindObject = 1;
    public const int KindEnd = 2;
    public const string MediaType = "application/vnd.ciaos.frames";

    /// <summary>The last frame of a request.</summary>
    public static ReadOnlyMemory<byte> End { get; } = MakeEnd();

    /// <exception cref="InvalidDataException">No node sends this.</exception>
    public static Frame Read(ReadOnlySpan<byte> head)
    {
        var frame = new Frame(
            BinaryPrimitives.ReadUInt16LittleEndian(head),
            BinaryPrimitives.ReadUInt16LittleEndian(head[2..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(head[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[12..]));
        if (frame.Kind is not (KindObject or KindEnd) || frame.BodyBytes < 0)
            throw new InvalidDataException($"A frame of kind {frame.Kind} with {frame.BodyBytes} bytes came");
        return frame;
    }

    /// <summary>Head, key and lengths of an object to be stored; its files follow.</summary>
    public static byte[] WriteObject(WriteMode mode, string key, IReadOnlyList<long> fileLengths)
    {
        ArgumentOutOfRangeException.ThrowIfZero(fileLengths.Count, nameof(fileLengths));
        var keyBytes = Encoding.UTF8.GetBytes(Http.Target.Checked(key));
        var head = new byte[HeadBytes + keyBytes.Length + ((long)LengthBytes * fileLengths.Count)];
        BinaryPrimitives.WriteUInt16LittleEndian(head, KindObject);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(2), (ushort)mode);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), keyBytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), fileLengths.Count);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(12), fileLengths.Sum());
        keyBytes.CopyTo(head, HeadBytes);
        for (var i = 0; i < fileLengths.Count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(
                head.AsSpan(HeadBytes + keyBytes.Length + (LengthBytes * i)), fileLengths[i]);
        return head;
    }

    /// <summary>The lengths of an object's files.</summary>
    /// <exception cref="InvalidDataException">They do not add up to its body.</exception>
    public long[] ReadLengths(ReadOnlySpan<byte> bytes)
    {
        var lengths = new long[FileCount];
        var left = BodyBytes;
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(LengthBytes * i)..]);
            if (lengths[i] < 0 || lengths[i] > left)
                throw new InvalidDataException("Files are longer than their object");
            left -= lengths[i];
        }

        if (left != 0) throw new InvalidDataException($"{left} bytes of an object belong to no file");
        return lengths;
    }

    private static byte[] MakeEnd()
    {
        var end = new byte[HeadBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(end, KindEnd);
        return end;
    }
}
