namespace Ciaos.Storage.Volumes;

/// <summary>The bytes of a volume are not what was written: names the file, the place, what was due and what is
/// there.</summary>
public sealed class VolumeCorruptException(string file, long offsetBytes, string expected, string found)
    : IOException($"Volume {file} is corrupt at byte {offsetBytes}: expected {expected}, found {found}")
{
    public string File { get; } = file;

    public long OffsetBytes { get; } = offsetBytes;

    public string Expected { get; } = expected;

    public string Found { get; } = found;
}
