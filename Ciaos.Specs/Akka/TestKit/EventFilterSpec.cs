using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;
using Xunit.Sdk;

namespace Ciaos.Specs.Akka.Testing;

public sealed class EventFilterSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    public EventFilterSpec()
        : base("akka.loglevel = DEBUG")
    {
    }

    [Theory]
    [InlineData(LogLevel.DebugLevel)]
    [InlineData(LogLevel.InfoLevel)]
    [InlineData(LogLevel.WarningLevel)]
    [InlineData(LogLevel.ErrorLevel)]
    public void Events_of_a_level_are_picked_by_their_text(LogLevel level)
    {
        EventFilter.ForLogLevel(level, "whatever").ExpectOne(() => Log.Log(level, "whatever"));
        EventFilter.ForLogLevel(level, start: "what").ExpectOne(() => Log.Log(level, "whatever"));
        EventFilter.ForLogLevel(level, contains: "ate").ExpectOne(() => Log.Log(level, "whatever"));
        EventFilter.ForLogLevel(level, Pattern("w.*r")).ExpectOne(() => Log.Log(level, "whatever"));
        EventFilter.ForLogLevel(level, "whatever").Expect(0, Short, () => Log.Log(level, "something else"));
        EventFilter.ForLogLevel(level, contains: "never").Expect(0, Short, () => Log.Log(level, "whatever"));
    }

    [Fact]
    public void Events_are_picked_by_their_source()
    {
        var source = Sys.ActorOf<Fragile>("source");
        EventFilter.Error(source: "/user/source").ExpectOne(() => source.Tell("fail"));
        EventFilter.Error(source: source.Path.ToString()).ExpectOne(() => source.Tell("fail"));
        EventFilter.Error(source: "/user/other").Expect(0, Short, () =>
            EventFilter.Error().Mute(() => source.Tell("fail")));
    }

    [Fact]
    public void Exceptions_are_picked_by_type_and_by_their_own_text()
    {
        var fragile = Sys.ActorOf<Fragile>();
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => fragile.Tell("fail"));
        EventFilter.Exception<SystemException>(contains: "told to").ExpectOne(() => fragile.Tell("fail"));
        EventFilter.Exception(typeof(InvalidOperationException), Pattern("^told"))
            .ExpectOne(() => fragile.Tell("fail"));
        EventFilter.Exception<DivideByZeroException>().Expect(0, Short, () =>
            EventFilter.Error().Mute(() => fragile.Tell("fail")));
        EventFilter.Exception(typeof(DivideByZeroException), checkInnerExceptions: true)
            .ExpectOne(() => Log.Error(new InvalidOperationException("outer", new DivideByZeroException()), "wrapped"));
    }

    [Fact]
    public void Dead_letters_are_picked_by_type_content_and_recipient()
    {
        var dead = Sys.ActorOf(BlackHoleActor.Props, "dead");
        Watch(dead);
        Sys.Stop(dead);
        ExpectTerminated(dead);
        EventFilter.DeadLetter().ExpectOne(() => dead.Tell("a"));
        EventFilter.DeadLetter<string>().ExpectOne(() => dead.Tell("a"));
        EventFilter.DeadLetter(typeof(string), "/user/dead").ExpectOne(() => dead.Tell("a"));
        EventFilter.DeadLetter<int>(i => i > 1).ExpectOne(() =>
        {
            dead.Tell(1);
            dead.Tell(2);
        });
    }

    [Fact]
    public void Too_few_events_fail_when_the_time_is_up_and_too_many_fail_too()
    {
        var few = Assert.ThrowsAny<XunitException>(
            () => EventFilter.Info("x").Expect(2, Short, () => Log.Info("x")));
        Assert.Contains("Only received 1/2 messages", few.Message, StringComparison.Ordinal);
        var many = Assert.ThrowsAny<XunitException>(() => EventFilter.Info("x").Expect(1, Short, () =>
        {
            Log.Info("x");
            Log.Info("x");
            Settle();
        }));
        Assert.Contains("1 message too many", many.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<XunitException>(() => EventFilter.Info("x").Expect(0, Short, () => Log.Info("x")));
    }

    [Fact]
    public void Filters_add_up()
    {
        EventFilter.Info("a").And.Warning("b").Expect(2, () =>
        {
            Log.Info("a");
            Log.Info("c");
            Log.Warning("b");
        });
        EventFilter.Custom<Info>(e => (string)e.Message == "a").ExpectOne(() => Log.Info("a"));
    }

    [Fact]
    public async Task Blocks_may_be_asynchronous_and_return_something()
    {
        await EventFilter.Info("x").ExpectOneAsync(async () =>
        {
            await Task.Yield();
            Log.Info("x");
        });
        Assert.Equal(7, EventFilter.Info("x").ExpectOne(() =>
        {
            Log.Info("x");
            return 7;
        }));
        Assert.Equal(8, await EventFilter.Info("x").ExpectAsync(1, TimeSpan.FromSeconds(1), () =>
        {
            Log.Info("x");
            return Task.FromResult(8);
        }));
    }

    [Fact]
    public void An_exception_of_the_block_gets_through()
    {
        Assert.Throws<DivideByZeroException>(
            () => EventFilter.Info().ExpectOne(new Action(() => throw new DivideByZeroException())));
    }

    [Fact]
    public void Muting_ends_when_it_is_undone()
    {
        var counted = EventFilter.Info("x");
        using (EventFilter.Warning("y").Mute())
        {
            counted.ExpectOne(() => Log.Info("x"));
        }

        EventFilter.Info("x").Mute(() => Log.Info("x"));
        Settle();
        counted.ExpectOne(() => Log.Info("x"));
    }

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.None, TimeSpan.FromSeconds(1));

    /// <summary>The logger handles its messages in order: when this one was seen, all before it were.</summary>
    private void Settle() => EventFilter.Debug("settled").ExpectOne(() => Log.Debug("settled"));

    private sealed class Fragile : ReceiveActor
    {
        public Fragile()
        {
            ReceiveAny(_ => throw new InvalidOperationException("told to"));
        }
    }
}
