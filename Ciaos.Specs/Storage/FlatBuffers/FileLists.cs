using System.Buffers;
using Ciaos.Storage.FlatBuffers;

namespace Ciaos.Specs.Storage.FlatBuffers;

/// <summary>Lists of files for specs: written by our own head writer, by another library, or read back.</summary>
internal static class FileLists
{
    /// <summary>What Python's flatbuffers 2.0.8 makes of the files "abc", an empty one, one without data, and
    /// "hello world": written back to front, with a vtable behind the tables that use it.</summary>
    public static byte[] OfPython() => Convert.FromHexString(
        "04000000b6ffffff0400000004000000440000002c0000002400000004000000" +
        "d2ffffff040000000b00000068656c6c6f20776f726c64000400040004000000" +
        "f2ffffff0400000000000000000006000800040006000000040000000300000061626300");

    public static byte[] Write(IReadOnlyList<byte[]> files)
    {
        var output = new ArrayBufferWriter<byte>();
        var head = new FileDataListHead(files.Count);
        head.WritePreamble(output);
        head.WriteOffsets(output, 0, files.Count);
        foreach (var file in files) head.WriteTable(output, file.Length);
        foreach (var file in files)
        {
            FileDataListHead.WriteLength(output, file.Length);
            output.Write(file);
            FileDataListHead.WritePadding(output, file.Length);
        }

        return output.WrittenSpan.ToArray();
    }

    public static List<FileExtent> Extents(IByteSource source)
    {
        var reader = FileDataListReader.Open(source);
        var extents = new List<FileExtent>();
        while (reader.TryReadNext(out var file)) extents.Add(file);
        return extents;
    }

    public static List<byte[]> Read(byte[] body) => Extents(new MemoryByteSource(body))
        .ConvertAll(file => body.AsSpan((int)file.OffsetBytes, (int)file.LengthBytes).ToArray());
}
