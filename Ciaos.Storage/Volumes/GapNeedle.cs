using System.Buffers.Binary;

namespace Ciaos.Storage.Volumes;

/// <summary>
/// The data of a gap needle: the ranges before it that a crash tore, 16 bytes each: start and end, counted from the
/// start of the file, little-endian. Spec: docs/formats.md.
/// </summary>
internal static class GapNeedle
{
    private const int RangeBytes = 16;

    public static Needle Create(IReadOnlyList<DamagedRange> ranges)
    {
        var data = new byte[ranges.Count * RangeBytes];
        for (var i = 0; i < ranges.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(i * RangeBytes), ranges[i].StartBytes);
            BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan((i * RangeBytes) + 8), ranges[i].EndBytes);
        }

        return SealNeedle.OfVolume(NeedleKind.Gap, data);
    }

    public static IEnumerable<DamagedRange> Read(byte[] data)
    {
        for (var at = 0; at + RangeBytes <= data.Length; at += RangeBytes)
        {
            yield return new DamagedRange(
                BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(at)),
                BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(at + 8)));
        }
    }
}
