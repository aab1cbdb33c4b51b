using Akka.Configuration;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Volumes;

/// <summary>When a needle counts as stored.</summary>
public enum VolumeDurability
{
    /// <summary>After the flush that covers it.</summary>
    Sync,

    /// <summary>After it was handed to the system; a flush follows within an interval. A power cut may take more than
    /// was torn: acknowledged needles too.</summary>
    Interval,

    /// <summary>After it was handed to the system, which flushes when it likes.</summary>
    Os,
}

/// <summary>How one volume is written: part of section <c>ciaos.volumes</c>, see hocon/reference.conf.</summary>
/// <param name="MaxVolumeBytes">A volume is sealed when the next needle would make its file larger than this.</param>
/// <param name="MaxBatchNeedles">How many needles one write and one flush may cover.</param>
/// <param name="MaxBatchBytes">How many bytes they may have; a larger needle makes a batch of its own.</param>
public sealed record VolumeSettings(
    long MaxVolumeBytes,
    int MaxBatchNeedles,
    long MaxBatchBytes,
    VolumeDurability Durability,
    TimeSpan FlushInterval,
    VolumeFileSettings File)
{
    private const long Kibibyte = 1024;
    private const long Mebibyte = 1024 * Kibibyte;
    private const long Tebibyte = 1024 * 1024 * Mebibyte;

    /// <summary>Room for the seal.</summary>
    private const int SealBytes = 128;

    /// <summary>The largest needle that a volume can hold.</summary>
    public long MaxNeedleBytes => NeedlesEndBytes - Superblock.Bytes;

    /// <summary>No needle ends behind this place.</summary>
    internal long NeedlesEndBytes => MaxVolumeBytes - SealBytes;

    internal static VolumeSettings From(SettingsSection section) => new(
        section.Bytes("max-volume-bytes", Mebibyte, Tebibyte),
        section.Int("max-batch-needles", 1, 4096),
        section.Bytes("max-batch-bytes", 4 * Kibibyte, 1024 * Mebibyte),
        section.OneOf("durability", "sync", "interval", "os") switch
        {
            "sync" => VolumeDurability.Sync,
            "interval" => VolumeDurability.Interval,
            _ => VolumeDurability.Os,
        },
        section.Duration("flush-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)),
        new VolumeFileSettings(
            section.Bytes("preallocation-bytes", 0, 1024 * Mebibyte),
            section.Bytes("checkpoint-interval-bytes", Mebibyte, Tebibyte)));
}

/// <summary>How the volumes of a node are kept: section <c>ciaos.volumes</c>, see hocon/reference.conf.</summary>
/// <param name="ActiveVolumes">How many volumes are open for appends at a time.</param>
/// <param name="MinFreeBytes">Data is refused while less is free.</param>
/// <param name="FreeSpaceInterval">How often free space is looked at, and failing volumes are tried again.</param>
/// <param name="MaxAttempts">In how many volumes a needle is tried, and how many volumes may fail in a row, before an
/// append is rejected.</param>
/// <param name="MaxWaiting">How many appends may wait for a volume to be opened.</param>
/// <param name="MaxOpenReaders">How many volumes are kept open for reading.</param>
public sealed record VolumesSettings(
    int ActiveVolumes,
    long MinFreeBytes,
    TimeSpan FreeSpaceInterval,
    int MaxAttempts,
    int MaxWaiting,
    int MaxOpenReaders,
    VolumeSettings Volume)
{
    /// <exception cref="SettingsException">A value is missing, malformed or out of its range.</exception>
    public static VolumesSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.volumes");
        return new VolumesSettings(
            section.Int("active", 1, 64),
            section.Bytes("min-free-bytes", 0, long.MaxValue),
            section.Duration("free-space-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)),
            section.Int("max-attempts", 1, 100),
            section.Int("max-waiting", 1, 1_000_000),
            section.Int("max-open-readers", 1, 100_000),
            VolumeSettings.From(section));
    }
}
