using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.AccessLogs;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Specs.AccessLogs;

public sealed class AccessLogActorSpec : TestKit
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly ConcurrentQueue<Task<string?>> _outcomes = [];
    private readonly IActorRef _actor;
    private readonly AccessLog _log;

    public AccessLogActorSpec()
        : base(TestConfigs.TestSchedulerConfig)
    {
        var settings = new AccessLogSettings(
            TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10), MaxObjectBytes: 30, MaxHeldBytes: 100);
        _log = AccessLog.Start(Sys, settings, DeliverAsync, out _actor);
    }

    [Fact]
    public void Lines_of_a_while_make_one_log_object_and_the_whiles_grow_longer_until_it_is_quiet()
    {
        Write("a", "1\n", "2\n");
        Advance(2.9);
        AssertQuiet();
        Advance(0.1);
        Assert.Equal("1\n2\n", Delivered().Text);
        foreach (var seconds in new[] { 6, 10, 10 })
        {
            Write("a", "3\n");
            Advance(seconds - 0.1);
            AssertQuiet();
            Advance(0.1);
            Assert.Equal("3\n", Delivered().Text);
        }

        Advance(10);
        Write("a", "4\n");
        Advance(3);
        Assert.Equal("4\n", Delivered().Text);
    }

    [Fact]
    public void Buckets_and_destinations_do_not_mix()
    {
        Write("a", "1\n");
        Write("b", "2\n");
        Write("a", "3\n");
        _log.Write(Bucket("a"), "elsewhere", Noon, "4\n"u8.ToArray());
        Advance(3);
        Assert.Equal(
            ["a elsewhere 4\n", "a here 1\n3\n", "b here 2\n"],
            new[] { Delivered(), Delivered(), Delivered() }
                .Select(one => $"{one.Bucket} {one.Destination} {one.Text}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_log_object_is_whole_when_it_is_full_or_its_day_is_over()
    {
        Write("a", new string('x', 19) + "\n", new string('y', 19) + "\n");
        Assert.Equal(new string('x', 19) + "\n", Delivered().Text);
        _log.Write(Bucket("a"), "here", Noon + TimeSpan.FromHours(12), "z\n"u8.ToArray());
        var second = Delivered();
        Assert.Equal((new string('y', 19) + "\n", Noon), (second.Text, second.FirstAt));
        Advance(3);
        var third = Delivered();
        Assert.Equal(("z\n", Noon + TimeSpan.FromHours(12)), (third.Text, third.FirstAt));
    }

    [Fact]
    public void What_could_not_be_written_is_tried_again_and_what_never_can_be_is_given_up()
    {
        _outcomes.Enqueue(Task.FromException<string?>(new IOException("full")));
        _outcomes.Enqueue(Task.FromResult<string?>("the bucket is gone"));
        Write("a", "1\n");
        EventFilter.Warning(contains: "will be later").ExpectOne(() => Advance(3));
        Assert.Equal("1\n", Delivered().Text);
        Write("a", "2\n");
        AssertQuiet();
        Advance(6);
        Assert.Equal("1\n", Delivered().Text);
        Assert.Equal("2\n", Delivered().Text);
        Advance(20);
        AssertQuiet();
    }

    [Fact]
    public void Lines_that_find_no_room_are_lost_and_room_comes_back()
    {
        var never = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _outcomes.Enqueue(never.Task);
        Write("a", [.. Enumerable.Range(1, 12).Select(number => $"{number:D9}\n")]);
        Assert.Equal("000000001\n000000002\n000000003\n", Delivered().Text);
        never.SetResult(null);
        Advance(3);
        Assert.Equal(
            ["000000004\n000000005\n000000006\n", "000000007\n000000008\n000000009\n", "000000010\n"],
            new[] { Delivered().Text, Delivered().Text, Delivered().Text });
        Write("a", "again\n");
        Advance(6);
        Assert.Equal("again\n", Delivered().Text);
    }

    [Fact]
    public void A_stop_writes_what_waits_and_waits_for_it()
    {
        var slow = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _outcomes.Enqueue(slow.Task);
        Write("a", "1\n");
        Advance(3);
        Delivered();
        Write("a", "2\n");
        Watch(_actor);
        _actor.Tell(AccessLogActor.Stop.Instance);
        AssertQuiet();
        slow.SetResult(null);
        Assert.Equal("2\n", Delivered().Text);
        ExpectTerminated(_actor);
    }

    [Fact]
    public void A_stop_with_nothing_to_write_is_immediate()
    {
        Watch(_actor);
        _actor.Tell(AccessLogActor.Stop.Instance);
        ExpectTerminated(_actor);
    }

    private Task<string?> DeliverAsync(AccessLogBatch batch)
    {
        TestActor.Tell(new Stored(
            batch.Source.Name, batch.Destination, batch.FirstAt, Encoding.UTF8.GetString(batch.Text.Span)));
        return _outcomes.TryDequeue(out var outcome) ? outcome : Task.FromResult<string?>(null);
    }

    private Stored Delivered() => ExpectMsg<Stored>();

    private void Write(string bucket, params string[] lines)
    {
        foreach (var line in lines) _log.Write(Bucket(bucket), "here", Noon, Encoding.UTF8.GetBytes(line));
    }

    private void Advance(double seconds)
    {
        Settle();
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(seconds));
        Settle();
    }

    // What the actor was sent it has dealt with, but for what is being written.
    private void Settle()
    {
        var probe = CreateTestProbe();
        _actor.Tell(new Identify("settled"), probe.Ref);
        probe.ExpectMsg<ActorIdentity>();
    }

    private void AssertQuiet()
    {
        Settle();
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    private static BucketInfo Bucket(string name) => new(
        new BucketId((uint)name[0]), name, "owner", Noon, ImmutableSortedDictionary<string, string>.Empty, 1);

    private sealed record Stored(string Bucket, string Destination, DateTimeOffset FirstAt, string Text);
}
