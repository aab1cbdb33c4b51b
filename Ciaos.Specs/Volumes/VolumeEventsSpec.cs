using System.Runtime.Serialization;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Specs.Volumes;

public class VolumeEventsSpec
{
    private static readonly DateTimeOffset Time = DateTimeOffset.UnixEpoch.AddTicks(17_000_000_000_000_010);
    private readonly VolumeEventSerializer _serializer = new(null!);

    public static TheoryData<IVolumeEvent, string, string> Golden => new()
    {
        { new VolumeCreated(new VolumeId(7), Time), "volume-created", "01078180F9C0C1C48203" },
        {
            new VolumeSealed(new VolumeId(300), 1 << 30, SealCause.WriteFailed, new NeedleId(5)),
            "volume-sealed", "01AC0280808080040205"
        },
        { new VolumeQuarantined(new VolumeId(1), "gone"), "volume-quarantined", "010104676F6E65" },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Each_event_has_its_bytes_for_ever(IVolumeEvent @event, string manifest, string hex)
    {
        Assert.Equal(manifest, _serializer.Manifest(@event));
        Assert.Equal(hex, Convert.ToHexString(_serializer.ToBinary(@event)));
        Assert.Equal(@event, _serializer.FromBinary(Convert.FromHexString(hex), manifest));
        Assert.Equal(@event, _serializer.FromBinary([.. Convert.FromHexString(hex), 1, 2, 3], manifest));
    }

    [Fact]
    public void A_sealing_of_before_its_highest_needle_was_noted_is_still_read() => Assert.Equal(
        new VolumeSealed(new VolumeId(300), 1 << 30, SealCause.WriteFailed),
        _serializer.FromBinary(Convert.FromHexString("01AC02808080800402"), "volume-sealed"));

    [Fact]
    public void The_highest_needle_of_any_sealed_volume_is_known()
    {
        var state = VolumesState.Empty
            .Apply(new VolumeSealed(new VolumeId(1), 5_000, SealCause.Full, new NeedleId(70)))
            .Apply(new VolumeSealed(new VolumeId(2), 5_000, SealCause.Full, new NeedleId(30)))
            .Apply(new VolumeSealed(new VolumeId(3), 5_000, SealCause.Full));
        Assert.Equal(new NeedleId(70), state.HighestNeedle);
    }

    [Fact]
    public void What_is_unknown_or_cut_off_is_refused()
    {
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([1, 1], "volume-vanished"));
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([2, 1, 0], "volume-created"));
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([1, 1], "volume-created"));
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([], "volume-created"));
        Assert.Throws<SerializationException>(() => _serializer.Manifest("text"));
    }

    [Fact]
    public void Ids_count_up_and_are_never_given_out_again()
    {
        var state = VolumesState.Empty;
        Assert.Equal(new VolumeId(0), state.Last);
        state = state.Apply(new VolumeCreated(new VolumeId(1), Time)).Apply(new VolumeCreated(new VolumeId(2), Time));
        state = state.Apply(new VolumeSealed(new VolumeId(2), 5_000, SealCause.Full));
        state = state.Apply(new VolumeQuarantined(new VolumeId(1), "rot"));
        Assert.Equal(new VolumeId(2), state.Last);
        Assert.Empty(state.Active);
        Assert.Equal(5_000, state.Sealed[new VolumeId(2)]);
        Assert.Equal("rot", state.Quarantined[new VolumeId(1)]);
    }
}
