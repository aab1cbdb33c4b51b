using System.Buffers.Binary;
using System.Text;
using Xunit;

namespace Ciaos.Specs.Http.Batch;

/// <summary>One frame of the answer of /batch/get, read by the table of docs/formats-wire.md.</summary>
internal sealed record Frame(int Kind, int Status, int Index, List<byte[]> Files, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}

internal static class Frames
{
    private const int HeadBytes = 20;

    /// <summary>All frames before the end frame, which must be there and tell their number.</summary>
    public static List<Frame> Read(ReadOnlySpan<byte> stream)
    {
        var frames = new List<Frame>();
        while (true)
        {
            var frame = ReadOne(ref stream);
            if (frame.Kind == 2)
            {
                Assert.Equal((0, frames.Count, 0), (frame.Status, frame.Index, frame.Body.Length));
                Assert.Equal(0, stream.Length);
                return frames;
            }

            Assert.Equal(1, frame.Kind);
            frames.Add(frame);
        }
    }

    private static Frame ReadOne(ref ReadOnlySpan<byte> stream)
    {
        var kind = BinaryPrimitives.ReadUInt16LittleEndian(stream);
        var status = BinaryPrimitives.ReadUInt16LittleEndian(stream[2..]);
        var index = BinaryPrimitives.ReadInt32LittleEndian(stream[4..]);
        var fileCount = BinaryPrimitives.ReadInt32LittleEndian(stream[8..]);
        var bodyBytes = (int)BinaryPrimitives.ReadInt64LittleEndian(stream[12..]);
        var lengths = stream.Slice(HeadBytes, 8 * fileCount);
        var body = stream.Slice(HeadBytes + lengths.Length, bodyBytes).ToArray();
        stream = stream[(HeadBytes + lengths.Length + bodyBytes)..];
        var files = new List<byte[]>();
        var at = 0;
        for (; !lengths.IsEmpty; lengths = lengths[8..])
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(lengths);
            files.Add(body[at..(at + length)]);
            at += length;
        }

        Assert.True(fileCount == 0 || at == body.Length);
        return new Frame(kind, status, index, files, body);
    }
}
