namespace Ciaos.Storage.Volumes;

/// <summary>Bytes of a volume that hold no whole needle.</summary>
/// <param name="EndBytes">The first byte behind the range.</param>
public readonly record struct DamagedRange(long StartBytes, long EndBytes)
{
    public long LengthBytes => EndBytes - StartBytes;
}
