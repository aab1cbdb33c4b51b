using System.Buffers.Binary;
using System.Collections.Frozen;

namespace Ciaos.Storage.Volumes;

/// <summary>Why a volume takes no more needles. Stored on disk: never renumber.</summary>
public enum SealReason : uint
{
    Full = 1,
    Requested = 2,
}

/// <summary>
/// The data of a seal needle, little-endian. Later versions may append fields. Spec: docs/formats.md.
/// <code>
/// offset  bytes  field
///      0      8  NeedleCount  needles before this one, of every kind
///      8      8  LengthBytes  where this needle begins
///     16      4  Reason       1 = full, 2 = requested
///     20      4  zeros
/// </code>
/// </summary>
internal static class SealNeedle
{
    private const int DataBytes = 24;

    private static readonly FrozenDictionary<string, string> NoMetadata = FrozenDictionary<string, string>.Empty;

    public static Needle Create(long needleCount, long lengthBytes, SealReason reason)
    {
        var data = new byte[DataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(data, needleCount);
        BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8), lengthBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(16), (uint)reason);
        return OfVolume(NeedleKind.Seal, data);
    }

    /// <summary>A needle that speaks of the volume itself: it has no id, key or upload.</summary>
    internal static Needle OfVolume(NeedleKind kind, byte[] data) =>
        new(kind, default, default, default, default, 0, false, default, default, NoMetadata, data);
}
