using Akka.Actor;
using Akka.Cluster;
using Xunit;
using static Akka.Cluster.ClusterEvent;

namespace Ciaos.Specs.Akka.Sharding;

public sealed class ClusterSpec() : OneNodeSpec(LeavingIsNotTheEnd)
{
    private const string LeavingIsNotTheEnd = """
        akka.coordinated-shutdown { terminate-actor-system = off, run-by-actor-system-terminate = off }
        """;

    [Fact]
    public void Before_it_has_joined_the_node_is_no_member()
    {
        Assert.Equal(MemberStatus.Removed, Node.SelfMember.Status);
        Assert.Empty(Node.State.Members);
        Assert.False(Node.IsUp);
        Assert.False(Node.IsTerminated);
        Assert.Equal(Node.SelfAddress, Node.SelfUniqueAddress.Address);
    }

    [Fact]
    public void What_joins_itself_becomes_Up_and_leads()
    {
        Node.Join(Node.SelfAddress);
        AwaitAssert(() => Assert.True(Node.IsUp), Patience);
        AwaitAssert(() => Assert.Equal(Node.SelfAddress, Node.State.Leader), Patience);
        var self = Assert.Single(Node.State.Members);
        Assert.Equal(Node.SelfMember, self);
        Assert.Equal(MemberStatus.Up, self.Status);
        Assert.Equal(Node.SelfUniqueAddress, self.UniqueAddress);
    }

    [Fact]
    public async Task Joining_can_be_awaited()
    {
        await Node.JoinAsync(Node.SelfAddress).WaitAsync(Patience);
        Assert.Equal(MemberStatus.Up, Node.SelfMember.Status);
        await Node.JoinSeedNodesAsync([Node.SelfAddress]).WaitAsync(Patience);
    }

    [Fact]
    public void Roles_come_from_the_configuration()
    {
        JoinSelf();
        Assert.Equal(["first"], Node.SelfRoles);
        Assert.True(Node.SelfMember.HasRole("first"));
        AwaitAssert(() => Assert.Equal(Node.SelfAddress, Node.State.RoleLeader("first")), Patience);
    }

    [Fact]
    public void A_callback_runs_once_the_node_is_Up_or_at_once_if_it_is()
    {
        Node.RegisterOnMemberUp(() => TestActor.Tell("early", ActorRefs.NoSender));
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        JoinSelf();
        ExpectMsg("early", Patience);
        Node.RegisterOnMemberUp(() => TestActor.Tell("late", ActorRefs.NoSender));
        ExpectMsg("late", Patience);
    }

    [Fact]
    public void A_subscriber_is_told_what_is_and_then_what_happens()
    {
        Node.Subscribe(TestActor, typeof(MemberUp));
        Assert.Empty(ExpectMsg<CurrentClusterState>(Patience).Members);
        Node.Join(Node.SelfAddress);
        Assert.Equal(Node.SelfAddress, ExpectMsg<MemberUp>(Patience).Member.Address);
    }

    [Fact]
    public void A_subscriber_can_ask_for_the_past_as_events()
    {
        JoinSelf();
        Node.Subscribe(TestActor, SubscriptionInitialStateMode.InitialStateAsEvents, typeof(IMemberEvent));
        Assert.Equal(Node.SelfMember, ExpectMsg<MemberUp>(Patience).Member);
    }

    [Fact]
    public void A_subscriber_can_unsubscribe()
    {
        Node.Subscribe(TestActor, typeof(MemberUp));
        ExpectMsg<CurrentClusterState>(Patience);
        Node.Unsubscribe(TestActor);
        JoinSelf();
        Node.SendCurrentClusterState(TestActor);
        Assert.Single(ExpectMsg<CurrentClusterState>(Patience).Members);
    }

    [Fact]
    public void Only_events_of_a_cluster_can_be_subscribed_to()
    {
        Assert.Throws<ArgumentException>(() => Node.Subscribe(TestActor));
        Assert.Throws<ArgumentException>(() => Node.Subscribe(TestActor, typeof(string)));
    }

    [Fact]
    public async Task A_node_that_leaves_is_removed_for_good()
    {
        JoinSelf();
        Node.Subscribe(TestActor, typeof(MemberRemoved));
        ExpectMsg<CurrentClusterState>(Patience);
        var ran = new TaskCompletionSource();
        Node.RegisterOnMemberRemoved(ran.SetResult);
        await Node.LeaveAsync().WaitAsync(Patience);
        await ran.Task.WaitAsync(Patience);
        AwaitAssert(() => Assert.True(Node.IsTerminated), Patience);
        Assert.Equal(MemberStatus.Removed, Node.SelfMember.Status);
        Assert.Equal(MemberStatus.Removed, ExpectMsg<MemberRemoved>(Patience).Member.Status);
        await Node.LeaveAsync().WaitAsync(Patience);
    }

    [OwnEngineFact]
    public async Task Another_node_cannot_be_joined()
    {
        var other = new Address("akka.tcp", Sys.Name, "elsewhere", 4711);
        await Assert.ThrowsAsync<ClusterJoinFailedException>(() => Node.JoinAsync(other).WaitAsync(Patience));
        Assert.False(Node.IsUp);
    }
}
