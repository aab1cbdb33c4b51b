using System.Text;

namespace Ciaos.Storage.Volumes;

/// <summary>Sizes and limits of needles. Spec: docs/formats.md.</summary>
public static class NeedleFormat
{
    /// <summary>Data is checksummed in blocks of this size; the last one may be shorter.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <summary>Every needle starts at a multiple of this.</summary>
    public const int AlignmentBytes = 8;

    /// <summary>Room for an object's content type, tags and user metadata.</summary>
    public const int MaxMetadataBytes = 8 * 1024;

    /// <summary>Sixteen default chunks. The limit bounds what a damaged length can claim.</summary>
    public const int MaxDataBytes = 64 * 1024 * 1024;

    internal const int CrcBytes = sizeof(uint);

    /// <summary>The longest way from a needle's start to its data.</summary>
    internal const int MaxDataStartBytes =
        NeedleHeader.MaxBytes + ObjectKey.MaxBytes + MaxMetadataBytes + (MaxDataBytes / BlockBytes * CrcBytes);

    /// <summary>What a needle can take on disk beyond its data.</summary>
    public const int MaxOverheadBytes = MaxDataStartBytes + AlignmentBytes;

    internal static int BlockCount(int dataBytes) => (int)(((long)dataBytes + BlockBytes - 1) / BlockBytes);

    internal static long Align(long bytes) => (bytes + AlignmentBytes - 1) & -AlignmentBytes;

    /// <summary>The place in the file that a needle of this make will take, its padding included.</summary>
    /// <param name="version">Of the volume: <see cref="Superblock.Version"/>.</param>
    public static long SizeBytes(Needle needle, int version = Superblock.LatestVersion) =>
        Align(DataStartBytes(needle, version) + (long)needle.Data.Length);

    /// <summary>Why this needle cannot be stored, in words meant for a client, or null where it can.</summary>
    public static string? Objection(Needle needle)
    {
        if (needle.Data.Length > MaxDataBytes)
        {
            return $"The chunk has {needle.Data.Length} bytes, {MaxDataBytes} are allowed";
        }

        if (needle.Metadata.Keys.FirstOrDefault(name => !NeedleMetadata.IsName(name)) is { } badName)
        {
            return $"The metadata name '{badName}' does not have 1 to {NeedleMetadata.MaxNameBytes} bytes";
        }

        var metadataBytes = NeedleMetadata.SizeBytes(needle.Metadata);
        return metadataBytes > MaxMetadataBytes
            ? $"The metadata has {metadataBytes} bytes, {MaxMetadataBytes} are allowed"
            : null;
    }

    /// <summary>The checksums of so much data.</summary>
    internal static int CrcsBytes(int dataBytes) => BlockCount(dataBytes) * CrcBytes;

    /// <summary>From the start of a needle of this make to its data.</summary>
    internal static int DataStartBytes(Needle needle, int version)
    {
        var (keyBytes, metadataBytes) = (KeyBytes(needle), NeedleMetadata.SizeBytes(needle.Metadata));
        return NeedleHeader.SizeBytes(version, needle, keyBytes, metadataBytes)
            + keyBytes + metadataBytes + CrcsBytes(needle.Data.Length);
    }

    internal static int KeyBytes(Needle needle) => Encoding.UTF8.GetByteCount(needle.Key.Value ?? "");
}
