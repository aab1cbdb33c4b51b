using Akka.Actor;
using Ciaos.Actors.Index;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Volumes.VolumeWriting;

namespace Ciaos.Specs.Volumes;

public class MergedNeedlesSpec
{
    [Fact]
    public void The_events_of_a_batch_go_into_one_needle_and_each_append_is_told_where_its_own_lie()
    {
        var merged = new MergedNeedles([Data(1), Events(2, 10), Data(3), Events(5, 11), Events(4, 12)]);
        Assert.Equal([1, 5, 3], merged.Needles.Select(needle => needle.Id.Value));
        Assert.Equal([0, 1, 2, 1, 1], Enumerable.Range(0, 5).Select(merged.PlaceOf));
        Assert.Equal(
            [10L, 11, 12], EventNeedle.Decode(merged.Needles[1].Data.Span).Select(run => run.FirstSequence));
    }

    [Fact]
    public void What_has_no_company_or_would_make_it_too_long_stays_as_it_is()
    {
        Store[] batch = [Events(1, 1), Data(2), Long(3), Long(4)];
        var merged = new MergedNeedles(batch);
        Assert.Equal([1, 2, 4], merged.Needles.Select(needle => needle.Id.Value == 3 ? 1 : needle.Id.Value).Distinct());
        Assert.Equal(
            batch.Sum(store => store.Needle.Data.Length), merged.Needles.Sum(needle => needle.Data.Length));
        Assert.Same(batch[0].Needle, new MergedNeedles([batch[0]]).Needles[0]);
    }

    private static Store Events(long id, long sequence) => Of(EventNeedle.Create(
        new NeedleId(id),
        EventNeedle.Encode(1, sequence, [new EncodedEvent(IndexEventCodec.DeletedManifest, [1, 2, 3])])[0]));

    private static Store Long(long id) => Of(EventNeedle.Create(
        new NeedleId(id),
        EventNeedle.Encode(1, id, [new EncodedEvent(IndexEventCodec.PutManifest, new byte[40_000])])[0]));

    private static Store Data(long id) =>
        Of(EventNeedle.Create(new NeedleId(id), [1]) with { Kind = NeedleKind.Data });

    private static Store Of(Needle needle) =>
        new(needle, ActorRefs.Nobody, FromReserve: false, FailedAttempts: 0);
}
