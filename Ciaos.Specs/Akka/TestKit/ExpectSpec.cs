using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;
using Xunit.Sdk;

namespace Ciaos.Specs.Akka.Testing;

/// <summary>Asserting what comes.</summary>
public sealed class ExpectSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void A_message_of_the_type_is_returned()
    {
        TestActor.Tell("a");
        Assert.Equal("a", ExpectMsg<string>());
    }

    [Fact]
    public void A_message_of_a_derived_type_will_do()
    {
        TestActor.Tell(new ArgumentNullException());
        Assert.IsType<ArgumentNullException>(ExpectMsg<ArgumentException>());
    }

    [Fact]
    public void A_message_of_another_type_fails_at_once_and_says_which()
    {
        TestActor.Tell(1);
        var e = Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(TimeSpan.FromMinutes(1)));
        Assert.Contains("System.Int32", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_message_fails_when_the_time_is_up()
    {
        var e = Assert.ThrowsAny<XunitException>(() => ExpectMsg<string>(Short, "the hint"));
        Assert.Contains("Timeout", e.Message, StringComparison.Ordinal);
        Assert.Contains("the hint", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_compared_by_equality_and_collections_by_their_items()
    {
        TestActor.Tell("a");
        ExpectMsg("a");
        TestActor.Tell(new List<int> { 1, 2 });
        ExpectMsg<IEnumerable<int>>(new[] { 1, 2 });
        TestActor.Tell("a");
        Assert.ThrowsAny<XunitException>(() => ExpectMsg("b"));
    }

    [Fact]
    public void Predicates_and_assertions_see_message_and_sender()
    {
        TestActor.Tell(1);
        ExpectMsg<int>(i => i == 1);
        TestActor.Tell(2);
        ExpectMsg<int>((i, sender) => i == 2 && sender.Equals(TestActor));
        TestActor.Tell(3);
        ExpectMsg<int>((i, sender) =>
        {
            Assert.Equal(3, i);
            Assert.Equal(TestActor, sender);
        });
        TestActor.Tell(4);
        Assert.ThrowsAny<XunitException>(() => ExpectMsg<int>(i => i == 5));
        TestActor.Tell("ABC");
        ExpectMsg("abc", (a, b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_sender_can_be_part_of_the_expectation()
    {
        var probe = CreateTestProbe();
        probe.Send(TestActor, "a");
        ExpectMsgFrom(probe.Ref, "a");
        probe.Send(TestActor, "b");
        Assert.ThrowsAny<XunitException>(() => ExpectMsgFrom<string>(TestActor));
        probe.Send(TestActor, "c");
        ExpectMsgFrom<string>(sender => sender.Equals(probe.Ref), message => message == "c");
    }

    [Fact]
    public void All_of_some_messages_may_come_in_any_order()
    {
        TestActor.Tell(2);
        TestActor.Tell(1);
        Assert.Equal([2, 1], ExpectMsgAllOf(1, 2));
        TestActor.Tell(1);
        TestActor.Tell(3);
        Assert.ThrowsAny<XunitException>(() => ExpectMsgAllOf(1, 2));
    }

    [Fact]
    public void Any_of_some_messages_will_do()
    {
        TestActor.Tell(2);
        Assert.Equal(2, ExpectMsgAnyOf([1, 2]));
        TestActor.Tell(3);
        Assert.ThrowsAny<XunitException>(() => ExpectMsgAnyOf([1, 2]));
    }

    [Fact]
    public void Each_predicate_must_be_met_by_one_message()
    {
        TestActor.Tell("a");
        TestActor.Tell(1);
        ExpectMsgAllOfMatchingPredicates(
            PredicateInfo.Create<int>(i => i == 1), PredicateInfo.Create<string>(_ => true));
        TestActor.Tell(1);
        TestActor.Tell(2);
        Assert.ThrowsAny<XunitException>(() => ExpectMsgAllOfMatchingPredicates(
            PredicateInfo.Create<int>(i => i == 1), PredicateInfo.Create<int>(i => i == 1)));
    }

    [Fact]
    public void Silence_fails_when_something_comes()
    {
        ExpectNoMsg(Short);
        TestActor.Tell("noise");
        var e = Assert.ThrowsAny<XunitException>(() => ExpectNoMsg(TimeSpan.FromMinutes(1)));
        Assert.Contains("noise", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Termination_is_expected_of_just_that_actor()
    {
        var a = await WatchAsync(Sys.ActorOf(BlackHoleActor.Props));
        var b = Watch(Sys.ActorOf(BlackHoleActor.Props));
        Sys.Stop(a);
        var terminated = await ExpectTerminatedAsync(a);
        Assert.True(terminated.ExistenceConfirmed);
        Sys.Stop(b);
        Assert.ThrowsAny<XunitException>(() => ExpectTerminated(a));
    }

    [Fact]
    public async Task Nothing_is_heard_of_an_actor_that_is_no_longer_watched()
    {
        var actor = await WatchAsync(Sys.ActorOf(BlackHoleActor.Props));
        await UnwatchAsync(actor);
        Sys.Stop(actor);
        ExpectNoMsg(Short);
    }

    [Fact]
    public async Task After_an_await_the_test_actor_is_the_sender_still()
    {
        var echo = Sys.ActorOf(SimpleEchoActor.Props());
        echo.Tell(1);
        await ExpectMsgAsync(1);
        await Task.Yield();
        echo.Tell(2);
        await ExpectMsgAsync(2);
        await Task.Delay(1);
        echo.Tell(3);
        ExpectMsg(3);
    }
}
