using System.Collections.Immutable;
using Ciaos.Storage;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Actors.Volumes;

/// <summary>Which volumes there are, out of the events alone.</summary>
/// <param name="Last">The highest id ever given out; 0 before the first.</param>
/// <param name="Active">Volumes that may be appended to.</param>
/// <param name="Sealed">Volumes that are finished, and where their acknowledged part ends.</param>
/// <param name="Quarantined">Volumes that are damaged, and how.</param>
/// <param name="HighestNeedle">The highest needle id in any sealed volume.</param>
internal sealed record VolumesState(
    VolumeId Last,
    ImmutableSortedSet<long> Active,
    ImmutableDictionary<VolumeId, long> Sealed,
    ImmutableDictionary<VolumeId, string> Quarantined,
    NeedleId HighestNeedle = default)
{
    public static readonly VolumesState Empty = new(
        default, [], ImmutableDictionary<VolumeId, long>.Empty, ImmutableDictionary<VolumeId, string>.Empty);

    public bool IsActive(VolumeId volume) => Active.Contains(volume.Value);

    public VolumesState Apply(IVolumeEvent @event) => @event switch
    {
        VolumeCreated created => this with
        {
            Last = new VolumeId(Math.Max(Last.Value, created.Volume.Value)),
            Active = Active.Add(created.Volume.Value),
        },
        VolumeSealed sealing => this with
        {
            Active = Active.Remove(sealing.Volume.Value),
            Sealed = Sealed.SetItem(sealing.Volume, sealing.LengthBytes),
            HighestNeedle = new NeedleId(Math.Max(HighestNeedle.Value, sealing.HighestNeedle.Value)),
        },
        VolumeQuarantined quarantined => this with
        {
            Active = Active.Remove(quarantined.Volume.Value),
            Quarantined = Quarantined.SetItem(quarantined.Volume, quarantined.Detail),
        },
        _ => throw new InvalidOperationException($"{@event.GetType()} is no event of a volume"),
    };
}
