using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Volumes;

/// <summary>What is said to, and by, the keeper of all volumes (VolumesActor), and by it to each volume.</summary>
public static class VolumeProtocol
{
    /// <summary>
    /// Store one needle in whichever volume suits. Answered by <see cref="Appended"/> or <see cref="Rejected"/>.
    /// Needles of one upload go to the same volume while it lasts. A repeated needle id is harmless.
    /// </summary>
    /// <param name="FromReserve">Taken even while data is refused because the disk is full: without it the disk could
    /// not be emptied.</param>
    public sealed record Append(Needle Needle, bool FromReserve = false);

    /// <summary>The needle is durable: sent only after the flush that covers it.</summary>
    public sealed record Appended(NeedleId Needle, NeedleLocation Location);

    /// <summary>The needle is not stored, and what was stored before is unharmed.</summary>
    /// <param name="Detail">A sentence for the log and the client.</param>
    public sealed record Rejected(NeedleId Needle, RejectReason Reason, string Detail);

    /// <summary>Travels between nodes: never renumber.</summary>
    public enum RejectReason
    {
        /// <summary>Too little space is left. Only what may use the reserve is still taken.</summary>
        DiskFull = 1,

        /// <summary>Writing failed in several volumes in a row.</summary>
        DiskFailed = 2,

        /// <summary>The needle is larger than a volume may hold.</summary>
        TooLarge = 3,

        /// <summary>The node is shutting down.</summary>
        Stopping = 4,
    }

    /// <summary>
    /// Finish what was begun, then stop: appends that come later are rejected, those before are answered. Made for
    /// <c>GracefulStop</c>.
    /// </summary>
    public sealed record Close
    {
        public static readonly Close Instance = new();
    }

    /// <summary>Answered by <see cref="VolumesStatus"/>.</summary>
    public sealed record GetStatus
    {
        public static readonly GetStatus Instance = new();
    }

    /// <param name="IsWritable">Appends are being taken.</param>
    /// <param name="Detail">Why not, or an empty string.</param>
    public sealed record VolumesStatus(
        bool IsWritable, string Detail, long FreeBytes, int ActiveVolumes, int SealedVolumes);
}
