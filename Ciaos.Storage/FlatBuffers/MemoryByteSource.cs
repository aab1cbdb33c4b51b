namespace Ciaos.Storage.FlatBuffers;

/// <summary>A body that lies in memory as one piece.</summary>
public sealed class MemoryByteSource(ReadOnlyMemory<byte> bytes) : IByteSource
{
    public long LengthBytes => bytes.Length;

    public void Read(long offsetBytes, Span<byte> destination) =>
        bytes.Span.Slice(checked((int)offsetBytes), destination.Length).CopyTo(destination);
}
