using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Xunit;

namespace Ciaos.Specs.Index.Catalog;

public class CatalogGatherActorSpec : TestKit
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    private readonly TestProbe _shard;
    private readonly TestProbe _other;

    public CatalogGatherActorSpec() => (_shard, _other) = (CreateTestProbe(), CreateTestProbe());

    [Fact]
    public void What_nobody_waits_for_goes_on_together_once_its_time_has_come()
    {
        var gather = Start(TimeSpan.FromMilliseconds(50));
        var (one, two) = (Batch(1), Batch(2));
        gather.Tell(new CatalogProtocol.Apply(one, IsUrgent: false), _shard);
        gather.Tell(new CatalogProtocol.Apply(two, IsUrgent: false), _other);
        Assert.Equal([(_shard.Ref, one), (_other.Ref, two)], Together());
        gather.Tell(new CatalogProtocol.Apply(two, IsUrgent: false), _shard);
        Assert.Equal([(_shard.Ref, two)], Together());
    }

    [Fact]
    public void All_else_goes_on_at_once_behind_what_was_held_back()
    {
        var gather = Start(Long);
        foreach (var message in new object[]
        {
            new CatalogProtocol.Apply(Batch(3)), CatalogProtocol.Hurry.Instance, CatalogProtocol.Settle.Instance,
            new CatalogProtocol.Purge(1, 2, 3),
        })
        {
            var held = Batch(2);
            gather.Tell(new CatalogProtocol.Apply(held, IsUrgent: false), _shard);
            gather.Tell(message, _other);
            Assert.Equal([(_shard.Ref, held)], Together());
            ExpectMsg<object>(received => Assert.Same(message, received));
            Assert.Equal(_other.Ref, LastSender);
        }
    }

    [Fact]
    public void No_more_is_held_back_than_a_transaction_takes()
    {
        var gather = Start(Long);
        var large = Batch(1, changes: CatalogWriterActor.MaxChanges - 1);
        gather.Tell(new CatalogProtocol.Apply(large, IsUrgent: false), _shard);
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        gather.Tell(new CatalogProtocol.Apply(Batch(2), IsUrgent: false), _shard);
        Assert.Equal(2, Together().Count);
    }

    [Fact]
    public void Without_a_delay_nothing_is_held_back()
    {
        var apply = new CatalogProtocol.Apply(Batch(1), IsUrgent: false);
        Start(TimeSpan.Zero).Tell(apply, _shard);
        Assert.Same(apply, ExpectMsg<CatalogProtocol.Apply>());
        Assert.Equal(_shard.Ref, LastSender);
    }

    [Fact]
    public void It_stops_in_order_when_the_writer_has_done_what_it_was_sent()
    {
        var gather = Start(Long);
        Watch(gather);
        var (held, note) = (Batch(7), new CatalogProtocol.SetRecorded("ciaos-index-1", 7));
        gather.Tell(new CatalogProtocol.Apply(held, IsUrgent: false), _shard);
        gather.Tell(note);
        gather.Tell(CatalogProtocol.Stop.Instance);
        Assert.Equal([(_shard.Ref, held)], Together());
        Assert.Same(note, ExpectMsg<CatalogProtocol.SetRecorded>());
        ExpectTerminated(gather);
        _shard.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void When_it_stops_it_tells_whose_batches_were_not_applied()
    {
        var gather = Start(Long);
        gather.Tell(new CatalogProtocol.Apply(Batch(7), IsUrgent: false), _shard);
        gather.Tell(PoisonPill.Instance);
        Assert.Equal(7, _shard.ExpectMsg<CatalogProtocol.NotApplied>().ToSequence);
        ExpectNoMsg(TimeSpan.Zero);
    }

    private IActorRef Start(TimeSpan delay) =>
        Sys.ActorOf(CatalogGatherActor.Props(ForwardActor.Props(TestActor), delay));

    private List<(IActorRef, CatalogBatch)> Together() =>
        [.. ExpectMsg<CatalogProtocol.ApplyAll>().Batches.Select(item => (item.Shard, item.Batch))];

    private static CatalogBatch Batch(long to, int changes = 1) => new(
        "ciaos-index-1", 1, to - 1, to,
        [.. Enumerable.Range(0, changes).Select(_ => new CatalogChange.EndContent(to))]);
}
