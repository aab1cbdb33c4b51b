using System.Collections.Immutable;

namespace Ciaos.Storage.Volumes;

/// <summary>What <see cref="VolumeRecovery"/> found.</summary>
/// <param name="ScannedFromBytes">What lies before was not read again: the checkpoint vouches for it.</param>
/// <param name="DurableBytes">All before this is known to have been flushed before its writer went.</param>
/// <param name="EndBytes">Where the last whole needle ends.</param>
/// <param name="FileBytes">Length of the file.</param>
/// <param name="NeedleCount">Whole needles of every kind.</param>
/// <param name="HighestNeedle">The highest id among them.</param>
/// <param name="IsSealed">The last needle is a seal.</param>
/// <param name="Rotten">Damage in the durable part: the bytes of needles that were acknowledged.</param>
/// <param name="Torn">Damage in the last batch, which was never acknowledged.</param>
public sealed record RecoveredVolume(
    Superblock Superblock,
    long ScannedFromBytes,
    long DurableBytes,
    long EndBytes,
    long FileBytes,
    long NeedleCount,
    NeedleId HighestNeedle,
    bool IsSealed,
    ImmutableArray<DamagedRange> Rotten,
    ImmutableArray<DamagedRange> Torn)
{
    /// <summary>A volume with rot is not written to any more, lest something takes the place of what is lost.</summary>
    public bool CanContinue => !IsSealed && Rotten.IsEmpty;
}
