using Ciaos.Storage;

namespace Ciaos.Actors.Volumes;

/// <summary>What the journal keeps of volumes. Bytes: <see cref="VolumeEventSerializer"/> and
/// docs/formats.md.</summary>
public static class VolumeEvents
{
    public interface IVolumeEvent
    {
        VolumeId Volume { get; }
    }

    /// <summary>The id is given out, for ever. The file is made after this.</summary>
    public sealed record VolumeCreated(VolumeId Volume, DateTimeOffset At) : IVolumeEvent;

    /// <summary>Nothing will be appended any more.</summary>
    /// <param name="LengthBytes">All acknowledged needles lie before this place.</param>
    /// <param name="HighestNeedle">The highest needle id in it: ids that are given out later are higher, whatever the
    /// clock tells. 0 in events of versions that did not note it.</param>
    public sealed record VolumeSealed(
        VolumeId Volume, long LengthBytes, SealCause Cause, NeedleId HighestNeedle = default) : IVolumeEvent;

    /// <summary>The volume is damaged. What can be read of it is read, nothing is appended.</summary>
    /// <param name="Detail">What is wrong, in a sentence.</param>
    public sealed record VolumeQuarantined(VolumeId Volume, string Detail) : IVolumeEvent;

    /// <summary>Stored in the journal: never renumber.</summary>
    public enum SealCause
    {
        /// <summary>It has reached its size; the file ends with a seal needle.</summary>
        Full = 1,

        /// <summary>A write or a flush failed; bytes behind the length mean nothing.</summary>
        WriteFailed = 2,
    }
}
