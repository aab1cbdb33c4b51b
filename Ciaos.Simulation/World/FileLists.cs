using System.Buffers;
using System.Collections.Immutable;
using Ciaos.Storage.FlatBuffers;

namespace Ciaos.Simulation.World;

/// <summary>A client's side of the FlatBuffers bodies.</summary>
internal static class FileLists
{
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

    /// <exception cref="FlatBuffersParseException">The bytes are no such list.</exception>
    public static ImmutableArray<byte[]> Read(byte[] body)
    {
        var reader = FileDataListReader.Open(new MemoryByteSource(body));
        var files = ImmutableArray.CreateBuilder<byte[]>();
        while (reader.TryReadNext(out var file))
            files.Add(body.AsSpan((int)file.OffsetBytes, (int)file.LengthBytes).ToArray());
        return files.ToImmutable();
    }
}
