using Akka.Actor;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Volumes;

/// <summary>What the keeper of all volumes and the writer of one say to each other.</summary>
internal static class VolumeWriting
{
    /// <summary>Store a needle and answer <paramref name="ReplyTo"/>, or give it back with
    /// <see cref="NotStored"/>.</summary>
    /// <param name="FromReserve">See <see cref="VolumeProtocol.Append"/>.</param>
    /// <param name="FailedAttempts">How many volumes have failed with it.</param>
    public sealed record Store(Needle Needle, IActorRef ReplyTo, bool FromReserve, int FailedAttempts);

    /// <summary>Which writer takes event needles now? Asked of the volumes' keeper; answered by
    /// <see cref="EventWriter"/>.</summary>
    public sealed record GetEventWriter
    {
        public static readonly GetEventWriter Instance = new();
    }

    /// <summary>It can be sent <see cref="Store"/> past the keepers of volumes, which costs less. It may be closed at
    /// any time: then it gives back what it is sent, or that is rejected, and is to be sent the usual way.</summary>
    /// <param name="Writer">Null where no volume is open.</param>
    /// <param name="Volume">The one that it writes.</param>
    public sealed record EventWriter(IActorRef? Writer, VolumeId Volume);

    /// <summary>Commit what was gathered, write a checkpoint and stop.</summary>
    public sealed record Close
    {
        public static readonly Close Instance = new();
    }

    /// <summary>The volume takes appends.</summary>
    /// <param name="Torn">What a crash left, if there was one: for the log.</param>
    /// <param name="HighestNeedle">The highest needle id in it.</param>
    public sealed record Opened(VolumeId Volume, NeedleId HighestNeedle, int Torn);

    /// <summary>The volume does not take appends, at least not from this writer.</summary>
    /// <param name="HighestNeedle">The highest needle id in it, where it could be read.</param>
    public sealed record NotOpened(
        VolumeId Volume, Obstacle Obstacle, long LengthBytes, string Detail, NeedleId HighestNeedle = default);

    public enum Obstacle
    {
        /// <summary>It was sealed before.</summary>
        IsSealed,

        /// <summary>The file is missing or damaged.</summary>
        IsDamaged,

        /// <summary>Too little space: it may be opened later.</summary>
        DiskFull,

        /// <summary>The disk reports an error: it may be opened later.</summary>
        DiskFailed,
    }

    /// <summary>The volume is full and sealed. Further needles come back.</summary>
    public sealed record Filled(VolumeId Volume, long LengthBytes, NeedleId HighestNeedle);

    /// <summary>A write or flush failed: the volume ends at the last acknowledged byte. Further needles come
    /// back.</summary>
    /// <param name="HasStored">It had stored something since it was opened.</param>
    public sealed record Broken(
        VolumeId Volume, long LengthBytes, bool HasStored, bool DiskIsFull, string Detail, NeedleId HighestNeedle);

    /// <summary>A batch met a full disk and was rejected. The volume is unharmed and goes on.</summary>
    public sealed record RanOutOfSpace(VolumeId Volume, string Detail);

    /// <summary>These needles are not in this volume, as far as anybody knows.</summary>
    /// <param name="HasFailed">It was tried; otherwise there was no room.</param>
    public sealed record NotStored(IReadOnlyList<Store> Stores, bool HasFailed);
}
