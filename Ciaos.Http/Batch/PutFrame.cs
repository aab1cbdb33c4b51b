using System.Buffers.Binary;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Batch;

/// <summary>What the object of a <c>/batch/put</c> is to become. On the wire: never renumber.</summary>
internal enum PutFrameMode : ushort
{
    /// <summary>The key must not exist.</summary>
    Create = 1,

    /// <summary>The key must exist.</summary>
    Replace = 2,

    /// <summary>Either.</summary>
    Upsert = 3,

    /// <summary>The key must exist, and the files come behind its own.</summary>
    Append = 4,
}

/// <summary>
/// The head of a frame of <c>/batch/put</c>, little-endian. Spec: docs/formats-wire.md.
/// <code>
/// offset  bytes  field
///      0      2  Kind        1 = object, 2 = end of the stream: all that follows is 0
///      2      2  Mode        1 = create, 2 = replace, 3 = upsert, 4 = append
///      4      4  KeyBytes    1 to 1,024
///      8      4  FileCount   1 or more
///     12      8  BodyBytes   sum of the lengths
///     20     ..  Key         UTF-8
///         8 × n  Lengths     of each file, in order
///            ..  Body        the files one behind the other
/// </code>
/// </summary>
internal readonly record struct PutFrame(
    FrameKind Kind, PutFrameMode Mode, int KeyBytes, uint FileCount, long BodyBytes)
{
    public const int HeadBytes = 20;
    public const int LengthBytes = sizeof(long);

    /// <summary>The head, or what is wrong with it: then nobody knows where the next frame begins.</summary>
    /// <param name="error">Null where it is right.</param>
    public static PutFrame Read(ReadOnlySpan<byte> bytes, out string? error)
    {
        var keyBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var frame = new PutFrame(
            (FrameKind)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (PutFrameMode)BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
            (int)Math.Min(keyBytes, int.MaxValue),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[12..]));
        error = frame.Kind switch
        {
            FrameKind.Object => frame.Objection(),
            FrameKind.End when !bytes[2..HeadBytes].ContainsAnyExcept((byte)0) => null,
            FrameKind.End => "an end frame has something other than zeros",
            _ => $"there is no frame of kind {(ushort)frame.Kind}",
        };
        return frame;
    }

    private string? Objection()
    {
        if (Mode is < PutFrameMode.Create or > PutFrameMode.Append) return $"there is no mode {(ushort)Mode}";
        if (KeyBytes is < 1 or > ObjectKey.MaxBytes)
            return $"a key has 1 to {ObjectKey.MaxBytes} bytes, this one {KeyBytes}";
        if (FileCount == 0) return "an object has one file at least";
        return BodyBytes < 0 ? "its length is beyond any number" : null;
    }
}

/// <summary>One object of a <c>/batch/put</c>, but for its bytes, which are still to be read.</summary>
/// <param name="Index">Which one of the request, from 0.</param>
/// <param name="LengthBytes">Of each file, in order; empty where it is refused.</param>
/// <param name="BodyBytes">Of all files together.</param>
/// <param name="Refusal">Why it cannot be stored, whatever the key holds; null where it may.</param>
internal sealed record PutItem(
    int Index, PutFrameMode Mode, ObjectKey Key, IReadOnlyList<long> LengthBytes, long BodyBytes,
    PutResult? Refusal = null);

/// <summary>What became of one object of a <c>/batch/put</c>.</summary>
/// <param name="Status">As the request for this object alone would be answered; 201: the key is new.</param>
/// <param name="Text">The ETag where it is stored, else why it is not.</param>
internal readonly record struct PutResult(int Status, string Text)
{
    public bool IsStored => Status < StatusCodes.Status300MultipleChoices;
}
