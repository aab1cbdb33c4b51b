using Akka.Actor;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Volumes;

/// <summary>The writers that are running: opening, open, or closed and about to stop. Part of
/// <see cref="VolumesActor"/>.</summary>
internal sealed class VolumeWriters
{
    /// <summary>To write so much costs less than to flush.</summary>
    private const int SmallBelowBytes = 64 * 1024;

    private readonly Dictionary<VolumeId, IActorRef> _opening = [];
    private readonly Dictionary<VolumeId, IActorRef> _open = [];
    private readonly HashSet<IActorRef> _closing = [];

    /// <summary>How many take appends, or will.</summary>
    public int Count => _opening.Count + _open.Count;

    public bool AreOpening => _opening.Count > 0;

    public bool IsAnyOpen => _open.Count > 0;

    public bool AllGone => Count + _closing.Count == 0;

    public bool Has(VolumeId volume) => _opening.ContainsKey(volume) || _open.ContainsKey(volume);

    public void Add(VolumeId volume, IActorRef writer) => _opening.Add(volume, writer);

    public void Open(VolumeId volume)
    {
        if (_opening.Remove(volume, out var writer)) _open.Add(volume, writer);
    }

    /// <summary>No more appends for this one. Those that it was sent before, it gives back before it stops.</summary>
    public void Close(VolumeId volume)
    {
        if (!_opening.Remove(volume, out var writer) && !_open.Remove(volume, out writer)) return;
        _closing.Add(writer);
        writer.Tell(VolumeWriting.Close.Instance);
    }

    public void CloseAll()
    {
        foreach (var volume in _opening.Keys.Concat(_open.Keys).ToList()) Close(volume);
    }

    /// <summary>The writer has stopped.</summary>
    /// <returns>Its volume, where nobody had asked it to.</returns>
    public VolumeId? Remove(IActorRef writer)
    {
        if (_closing.Remove(writer)) return null;
        foreach (var writers in new[] { _opening, _open })
        {
            foreach (var (volume, _) in writers.Where(entry => entry.Value.Equals(writer)))
            {
                writers.Remove(volume);
                return volume;
            }
        }

        return null;
    }

    /// <summary>
    /// The open writer for a needle. Small objects all go to the oldest volume, so that as many as can be share a
    /// flush.
    /// </summary>
    public IActorRef? For(Needle needle) =>
        needle is { ChunkOrdinal: 0, IsLastChunk: true, Data.Length: < SmallBelowBytes }
            ? ForSmall().Writer
            : For(needle.Object);

    /// <summary>The open writer of small objects, and of what is recorded beside them.</summary>
    /// <returns>No writer where none is open.</returns>
    public (VolumeId Volume, IActorRef? Writer) ForSmall()
    {
        (VolumeId Volume, IActorRef? Writer) oldest = (new VolumeId(long.MaxValue), null);
        foreach (var (volume, writer) in _open)
            if (volume.Value < oldest.Volume.Value) oldest = (volume, writer);
        return oldest;
    }

    /// <summary>
    /// The open writer for an upload: the same one for all its needles while the open volumes stay the same, and when
    /// one comes or goes, only the uploads that meet it move (rendezvous hashing).
    /// </summary>
    private IActorRef? For(ObjectId upload)
    {
        IActorRef? best = null;
        var bestWeight = 0UL;
        foreach (var (volume, writer) in _open)
        {
            var weight = Mix((ulong)upload.Value ^ Mix((ulong)volume.Value));
            if (best is not null && weight <= bestWeight) continue;
            (best, bestWeight) = (writer, weight);
        }

        return best;
    }

    // The finaliser of SplitMix64: every bit of the input moves about half of the output's.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
