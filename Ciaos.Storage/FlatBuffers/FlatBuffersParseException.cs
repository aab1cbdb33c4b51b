namespace Ciaos.Storage.FlatBuffers;

/// <summary>A body is not the FlatBuffers that it should be. The message is meant for the client.</summary>
/// <param name="problem">What is wrong, without its place.</param>
/// <param name="offsetBytes">Where the wrong bytes lie, counted from the start of the body.</param>
public sealed class FlatBuffersParseException(string problem, long offsetBytes)
    : FormatException($"Failed to parse FlatBuffers data: {problem}, at byte {offsetBytes}")
{
    public long OffsetBytes { get; } = offsetBytes;
}
