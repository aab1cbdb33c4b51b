using System.Collections;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;
using Xunit.Sdk;

namespace Ciaos.Specs.Akka.Testing;

/// <summary>Taking messages out of the test actor's queue.</summary>
public sealed class ReceiveSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void A_message_is_there_as_soon_as_Tell_returns()
    {
        TestActor.Tell("a");
        Assert.True(HasMessages);
        Assert.Equal("a", ReceiveOne(TimeSpan.Zero));
        Assert.False(HasMessages);
        Assert.Null(ReceiveOne(TimeSpan.Zero));
    }

    [Fact]
    public async Task A_wait_ends_when_the_message_comes_not_when_the_time_is_up()
    {
        var wait = ReceiveOneAsync(TimeSpan.FromMinutes(1));
        Assert.False(wait.IsCompleted);
        TestActor.Tell("late");
        Assert.Equal("late", await wait);
    }

    [OwnEngineFact]
    public async Task A_wait_can_be_cancelled()
    {
        using var cancelled = new CancellationTokenSource(Short);
        Assert.Null(await ReceiveOneAsync(Timeout.InfiniteTimeSpan, cancelled.Token));
    }

    [Fact]
    public void The_last_message_and_its_sender_are_remembered()
    {
        var probe = CreateTestProbe();
        TestActor.Tell("a", probe.Ref);
        ReceiveOne();
        Assert.Equal("a", LastMessage);
        Assert.Equal(probe.Ref, LastSender);
        ReceiveOne(TimeSpan.Zero);
        Assert.Throws<IllegalActorStateException>(() => LastMessage);
    }

    [Fact]
    public void Peeking_leaves_the_message_where_it_is()
    {
        TestActor.Tell("a");
        Assert.Equal("a", PeekOne());
        Assert.Equal("a", PeekOne());
        Assert.Equal("a", ReceiveOne());
        Assert.Null(PeekOne(TimeSpan.Zero));
    }

    [Fact]
    public void As_many_as_are_wanted_are_taken_or_it_fails()
    {
        foreach (var i in Enumerable.Range(1, 5)) TestActor.Tell(i);
        Assert.Equal([1, 2, 3], ReceiveN(3));
        Assert.ThrowsAny<XunitException>(() => ReceiveN(3, Short));
    }

    [Fact]
    public async Task As_many_as_are_wanted_come_as_an_asynchronous_sequence_too()
    {
        foreach (var i in Enumerable.Range(1, 3)) TestActor.Tell(i);
        var sum = 0;
        await foreach (var message in ReceiveNAsync(3, TimeSpan.FromSeconds(1))) sum += (int)message;
        Assert.Equal(6, sum);
    }

    [Fact]
    public void Receiving_while_stops_before_the_first_message_that_does_not_fit()
    {
        foreach (var i in new[] { 1, 2, 3, 10, 4 }) TestActor.Tell(i);
        Assert.Equal(["1", "2", "3"], ReceiveWhile(m => (int)m < 10 ? $"{m}" : null, Short));
        Assert.Equal(10, ReceiveOne());
    }

    [Fact]
    public void Receiving_while_stops_at_the_count_at_silence_and_at_the_end_of_the_time()
    {
        foreach (var i in Enumerable.Range(1, 5)) TestActor.Tell($"{i}");
        Assert.Equal(["1", "2"], ReceiveWhile<string>(_ => true, TimeSpan.FromMinutes(1), msgs: 2));
        Assert.Equal(["3", "4", "5"], ReceiveWhile<string>(_ => true, TimeSpan.FromMinutes(1), idle: Short));
        Assert.Empty(ReceiveWhile<string>(_ => true, Short));
    }

    [Fact]
    public void Receiving_while_skips_messages_of_other_types_or_stops_there()
    {
        TestActor.Tell("a");
        TestActor.Tell(1);
        TestActor.Tell("b");
        TestActor.Tell(2);
        TestActor.Tell("c");
        Assert.Equal(["a", "b"], ReceiveWhile<string>(_ => true, Short, msgs: 2));
        Assert.Empty(ReceiveWhile<string>(_ => true, Short, shouldIgnoreOtherMessageTypes: false));
        Assert.Equal(2, ReceiveOne());
    }

    [Fact]
    public void Fishing_throws_away_what_comes_before_the_message_that_is_looked_for()
    {
        foreach (var i in new object[] { 1, "x", 2, "y", 3 }) TestActor.Tell(i);
        var thrownAway = new ArrayList();
        Assert.Equal("y", FishForMessage<string>(s => s == "y", thrownAway));
        Assert.Equal([1, "x", 2], thrownAway.Cast<object>());
        Assert.Equal(3, FishForMessage(m => m is int));
        Assert.ThrowsAny<XunitException>(() => FishForMessage<string>(_ => true, Short));
    }

    [Fact]
    public async Task Fishing_until_a_message_fails_when_it_comes_and_else_waits_out_the_time()
    {
        TestActor.Tell(1);
        await FishUntilMessageAsync<string>(Short);
        TestActor.Tell("bad");
        await Assert.ThrowsAnyAsync<XunitException>(() => FishUntilMessageAsync<string>(Short));
    }

    [Fact]
    public async Task Radio_silence_returns_what_came_before_it()
    {
        TestActor.Tell(1);
        TestActor.Tell(2);
        var messages = await WaitForRadioSilenceAsync(Short);
        Assert.Equal([1, 2], messages.Cast<int>());
        foreach (var i in Enumerable.Range(1, 5)) TestActor.Tell(i);
        await Assert.ThrowsAnyAsync<XunitException>(() => WaitForRadioSilenceAsync(Short, maxMessages: 2));
    }

    [Fact]
    public void Ignored_messages_are_never_seen()
    {
        IgnoreMessages<int>(i => i > 1);
        TestActor.Tell(1);
        TestActor.Tell(2);
        TestActor.Tell("2");
        ExpectMsg(1);
        ExpectMsg("2");
        IgnoreNoMessages();
        TestActor.Tell(2);
        ExpectMsg(2);
    }

    [Fact]
    public void Messages_that_nobody_took_are_dead_letters_when_the_test_actor_stops()
    {
        var probe = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(global::Akka.Event.DeadLetter));
        probe.Ref.Tell("left over");
        Sys.Stop(probe.Ref);
        ExpectMsg<global::Akka.Event.DeadLetter>(letter => Assert.Equal("left over", letter.Message));
    }
}
