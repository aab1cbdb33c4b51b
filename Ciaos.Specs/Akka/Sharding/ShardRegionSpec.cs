using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Xunit;

namespace Ciaos.Specs.Akka.Sharding;

public sealed class ShardRegionSpec : OneNodeSpec
{
    private const string TypeName = "some type";

    private ClusterSharding Sharding => ClusterSharding.Get(Sys);

    [Fact]
    public void A_message_reaches_its_entity_with_its_sender()
    {
        var region = Start();
        var (alice, bob) = (CreateTestProbe(), CreateTestProbe());
        region.Tell(new For("a", "hello"), alice);
        region.Tell(new For("b", 42), bob);
        Assert.Equal(new TalkingEntity.Said("a", "hello"), alice.ExpectMsg<TalkingEntity.Said>(Patience));
        Assert.Equal(new TalkingEntity.Said("b", 42), bob.ExpectMsg<TalkingEntity.Said>(Patience));
    }

    [Fact]
    public void An_entity_is_a_child_of_its_shard_under_its_encoded_name()
    {
        Start().Tell(new For("a/b c", "hello"));
        var path = ExpectMsg<TalkingEntity.Started>(Patience).Entity.Path;
        Assert.Equal("a%2Fb%20c", path.Name);
        Assert.Equal(TalkingEntity.Extractor.ShardId("a/b c"), path.Parent!.Name);
        Assert.Equal("/system/sharding/some%20type", path.Parent.Parent!.ToStringWithoutAddress());
    }

    [Fact]
    public void Messages_keep_their_order_from_the_first()
    {
        var region = Start();
        var probe = CreateTestProbe();
        for (var i = 0; i < 1000; i++) region.Tell(new For("a", i), probe);
        var said = probe.ReceiveN(1000, Patience).Cast<TalkingEntity.Said>();
        Assert.Equal(Enumerable.Range(0, 1000), said.Select(s => (int)s.Message));
        ExpectMsg<TalkingEntity.Started>(Patience);
        ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void What_is_sent_before_the_node_is_a_member_waits()
    {
        var region = Sharding.Start(TypeName, TalkingEntity.Props(TestActor), Settings, TalkingEntity.Extractor);
        var probe = CreateTestProbe();
        region.Tell(new For("a", 1), probe);
        region.Tell(new For("a", 2), probe);
        probe.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        JoinSelf();
        Assert.Equal(1, probe.ExpectMsg<TalkingEntity.Said>(Patience).Message);
        Assert.Equal(2, probe.ExpectMsg<TalkingEntity.Said>(Patience).Message);
    }

    [Fact]
    public void A_message_for_no_entity_is_unhandled()
    {
        var region = Start();
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        region.Tell("for nobody");
        Assert.Equal("for nobody", ExpectMsg<UnhandledMessage>(Patience).Message);
    }

    [Fact]
    public void A_message_for_an_entity_without_a_name_is_a_dead_letter()
    {
        var region = Start();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        region.Tell(new For("", "hello"));
        FishForMessage(m => m is DeadLetter { Message: For { Message: "hello" } or "hello" }, Patience);
    }

    [Fact]
    public void An_entity_that_fails_starts_again_in_its_place()
    {
        var region = Start();
        region.Tell(new For("a", "fail"));
        var first = ExpectMsg<TalkingEntity.Started>(Patience).Entity;
        ExpectMsg(new TalkingEntity.Stopped("a"), Patience);
        Assert.Equal(first, ExpectMsg<TalkingEntity.Started>(Patience).Entity);
        region.Tell(new For("a", "still there"));
        ExpectMsg(new TalkingEntity.Said("a", "still there"), Patience);
    }

    [Fact]
    public void A_region_that_fails_starts_again_without_its_entities()
    {
        var region = Start();
        region.Tell(new For("a", "hello"));
        ExpectMsg<TalkingEntity.Started>(Patience);
        ExpectMsg<TalkingEntity.Said>(Patience);
        region.Tell("fail");
        ExpectMsg(new TalkingEntity.Stopped("a"), Patience);
        region.Tell(new For("a", "hello again"));
        ExpectMsg<TalkingEntity.Started>(Patience);
        ExpectMsg(new TalkingEntity.Said("a", "hello again"), Patience);
    }

    [Fact]
    public void An_entity_that_stopped_starts_with_the_next_message()
    {
        var region = Start();
        region.Tell(new For("a", "stop"));
        var first = ExpectMsg<TalkingEntity.Started>(Patience).Entity;
        Watch(first);
        ExpectMsg(new TalkingEntity.Stopped("a"), Patience);
        ExpectTerminated(first, Patience);
        AwaitAssert(() => Assert.DoesNotContain(Stats(region).Values, count => count > 0), Patience);
        region.Tell(new For("a", "hello"));
        Assert.NotEqual(first, ExpectMsg<TalkingEntity.Started>(Patience).Entity);
        ExpectMsg(new TalkingEntity.Said("a", "hello"), Patience);
    }

    [Fact]
    public void What_is_sent_to_an_entity_that_passivates_waits_for_the_next()
    {
        var region = Start();
        region.Tell(new For("a", "passivate"));
        var first = ExpectMsg<TalkingEntity.Started>(Patience).Entity;
        ExpectMsg(new TalkingEntity.WasAskedToStop("a"), Patience);
        region.Tell(new For("a", 1));
        region.Tell(new For("a", 2));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Sys.Stop(first);
        ExpectMsg(new TalkingEntity.Stopped("a"), Patience);
        Assert.NotEqual(first, ExpectMsg<TalkingEntity.Started>(Patience).Entity);
        ExpectMsg(new TalkingEntity.Said("a", 1), Patience);
        ExpectMsg(new TalkingEntity.Said("a", 2), Patience);
    }

    [Fact]
    public void An_entity_can_be_started_without_a_message()
    {
        Start().Tell(new ShardRegion.StartEntity("a"), ActorRefs.NoSender);
        Assert.Equal("a", ExpectMsg<TalkingEntity.Started>(Patience).Id);
    }

    [Fact]
    public void A_region_tells_what_is_in_it()
    {
        var region = Start();
        foreach (var id in new[] { "a", "b", "c" }) region.Tell(new For(id, "hello"), CreateTestProbe());
        for (var i = 0; i < 3; i++) ExpectMsg<TalkingEntity.Started>(Patience);

        region.Tell(GetShardRegionState.Instance);
        var state = ExpectMsg<CurrentShardRegionState>(Patience);
        Assert.Empty(state.Failed);
        foreach (var id in new[] { "a", "b", "c" })
        {
            var shardId = TalkingEntity.Extractor.ShardId(id);
            Assert.Contains(state.Shards, s => s.ShardId.Equals(shardId, StringComparison.Ordinal)
                && s.EntityIds.Contains(id));
        }
        Assert.Equal(3, Stats(region).Values.Sum());

        region.Tell(GetCurrentRegions.Instance);
        Assert.Equal([Node.SelfAddress], ExpectMsg<CurrentRegions>(Patience).Regions);
        region.Tell(new GetClusterShardingStats(Patience));
        Assert.Equal(3, ExpectMsg<ClusterShardingStats>(Patience).Regions[Node.SelfAddress].Stats.Values.Sum());
    }

    [Fact]
    public void A_region_that_shuts_down_lets_its_entities_stop_in_their_own_way()
    {
        JoinSelf();
        var region = Sharding.Start(TypeName, TalkingEntity.Props(TestActor), Settings, TalkingEntity.Extractor,
            Sharding.DefaultShardAllocationStrategy(Settings), "please stop");
        region.Tell(new For("a", "hello"), CreateTestProbe());
        var entity = ExpectMsg<TalkingEntity.Started>(Patience).Entity;
        var watcher = CreateTestProbe();
        watcher.Watch(region);
        region.Tell(GracefulShutdown.Instance);
        ExpectMsg(new TalkingEntity.WasAskedToStop("a"), Patience);
        watcher.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        Sys.Stop(entity);
        ExpectMsg(new TalkingEntity.Stopped("a"), Patience);
        watcher.ExpectTerminated(region, Patience);
    }

    [Fact]
    public void An_idle_entity_is_stopped_and_a_busy_one_is_not()
    {
        JoinSelf();
        var region = Sharding.Start(TypeName, TalkingEntity.Props(TestActor),
            Settings.WithPassivateIdleAfter(TimeSpan.FromMilliseconds(600)), TalkingEntity.Extractor);
        var probe = CreateTestProbe();
        region.Tell(new For("idle", "hello"), probe);
        region.Tell(new For("busy", "hello"), probe);
        ExpectMsg<TalkingEntity.Started>(Patience);
        ExpectMsg<TalkingEntity.Started>(Patience);
        AwaitAssert(() =>
        {
            region.Tell(new For("busy", "hello"), probe);
            ExpectMsg(new TalkingEntity.Stopped("idle"), TimeSpan.FromMilliseconds(50));
        }, Patience, TimeSpan.FromMilliseconds(50));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_type_is_started_once_and_found_by_its_name()
    {
        var region = Start();
        Assert.Equal(region, Start());
        Assert.Equal(region, Sharding.ShardRegion(TypeName));
        Assert.Equal([TypeName], Sharding.ShardTypeNames);
        Assert.Throws<ArgumentException>(() => Sharding.ShardRegion("another type"));
    }

    [Fact]
    public void A_proxy_passes_on_to_the_region()
    {
        JoinSelf();
        var proxy = Sharding.StartProxy(TypeName, null, TalkingEntity.Extractor);
        proxy.Tell(new For("a", 1));
        Start();
        ExpectMsg<TalkingEntity.Started>(Patience);
        ExpectMsg(new TalkingEntity.Said("a", 1), Patience);
        proxy.Tell(new For("a", 2));
        ExpectMsg(new TalkingEntity.Said("a", 2), Patience);
        Assert.Equal(proxy, Sharding.ShardRegionProxy(TypeName));
    }

    [OwnEngineFact]
    public void An_entity_that_cannot_be_made_does_no_harm_to_others()
    {
        JoinSelf();
        var sameShard = HashCodeMessageExtractor.Create(1, m => (m as For)?.Entity, m => ((For)m).Message);
        var good = TalkingEntity.Props(TestActor);
        Func<string, Props> props = id => id is "bad" ? throw new InvalidOperationException(id) : good(id);
        var region = Sharding.Start(TypeName, props, Settings, sameShard);
        region.Tell(new For("good", 1));
        ExpectMsg<TalkingEntity.Started>(Patience);
        ExpectMsg(new TalkingEntity.Said("good", 1), Patience);
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        region.Tell(new For("bad", "lost"));
        Assert.Equal("lost", ExpectMsg<DeadLetter>(Patience).Message);
        region.Tell(new For("good", 2));
        ExpectMsg(new TalkingEntity.Said("good", 2), Patience);
    }

    [OwnEngineFact]
    public void More_than_the_buffer_holds_are_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var settings = Settings.WithTuningParameters(Settings.TuningParameters.WithBufferSize(2));
        var region = Sharding.Start(
            TypeName, TalkingEntity.Props(CreateTestProbe()), settings, TalkingEntity.Extractor);
        for (var i = 0; i < 3; i++) region.Tell(new For("a", i));
        Assert.Equal(new For("a", 2), ExpectMsg<DeadLetter>(Patience).Message);
        JoinSelf();
        ExpectMsg(new TalkingEntity.Said("a", 0), Patience);
        ExpectMsg(new TalkingEntity.Said("a", 1), Patience);
    }

    private ClusterShardingSettings Settings => ClusterShardingSettings.Create(Sys);

    private IActorRef Start()
    {
        JoinSelf();
        return Sharding.Start(TypeName, TalkingEntity.Props(TestActor), Settings, TalkingEntity.Extractor);
    }

    private IReadOnlyDictionary<string, int> Stats(IActorRef region)
    {
        var probe = CreateTestProbe();
        region.Tell(GetShardRegionStats.Instance, probe);
        return probe.ExpectMsg<ShardRegionStats>(Patience).Stats.ToDictionary(StringComparer.Ordinal);
    }
}
