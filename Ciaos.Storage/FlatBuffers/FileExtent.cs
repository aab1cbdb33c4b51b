namespace Ciaos.Storage.FlatBuffers;

/// <summary>Where the bytes of one file lie within a body.</summary>
/// <param name="OffsetBytes">Counted from the start of the body.</param>
public readonly record struct FileExtent(long OffsetBytes, long LengthBytes);
