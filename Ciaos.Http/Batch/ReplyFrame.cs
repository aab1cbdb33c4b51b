using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Ciaos.Http.Batch;

/// <summary>
/// What stands before each object in the answer of <c>/batch/get</c>, little-endian. Spec: docs/formats-wire.md.
/// <code>
/// offset  bytes  field
///      0      2  Kind        1 = object, 2 = end of the stream
///      2      2  Status      as a single request would be answered; 0 in an end frame
///      4      4  Index       which key of the request, from 0; in an end frame: how many frames came before it
///      8      4  FileCount   of an object with status 200, else 0
///     12      8  BodyBytes   what follows the lengths
///     20  8 × n  Lengths     of each file, in order
///            ..  Body        the files one behind the other; with another status: a text that says why
/// </code>
/// </summary>
internal readonly record struct ReplyFrame(FrameKind Kind, int Status, int Index, uint FileCount, long BodyBytes)
{
    public const string ContentType = "application/vnd.ciaos.frames";
    public const int HeadBytes = 20;
    public const int LengthBytes = sizeof(long);

    public static ReplyFrame End(int frames) => new(FrameKind.End, 0, frames, 0, 0);

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], checked((ushort)Status));
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], Index);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], FileCount);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[12..], BodyBytes);
    }

    public void Write(IBufferWriter<byte> output)
    {
        Write(output.GetSpan(HeadBytes));
        output.Advance(HeadBytes);
    }

    /// <summary>A whole frame that says why there is no object.</summary>
    public static void WriteText(IBufferWriter<byte> output, int index, int status, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var frame = output.GetSpan(HeadBytes + length);
        new ReplyFrame(FrameKind.Object, status, index, 0, length).Write(frame);
        Encoding.UTF8.GetBytes(text, frame[HeadBytes..]);
        output.Advance(HeadBytes + length);
    }

    public static void WriteLength(Span<byte> bytes, long fileBytes) =>
        BinaryPrimitives.WriteInt64LittleEndian(bytes, fileBytes);

    public static void WriteLength(IBufferWriter<byte> output, long fileBytes)
    {
        WriteLength(output.GetSpan(LengthBytes), fileBytes);
        output.Advance(LengthBytes);
    }
}

/// <summary>Of both directions. On the wire: never renumber.</summary>
internal enum FrameKind : ushort
{
    Object = 1,

    /// <summary>Nothing follows. A stream without it was cut.</summary>
    End = 2,
}
