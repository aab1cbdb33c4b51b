using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Event;

public sealed class LoggingSpec : TestKit
{
    public LoggingSpec()
        : base("akka.loglevel = DEBUG")
    {
        Sys.EventStream.Subscribe(TestActor, typeof(LogEvent));
        IgnoreMessages<LogEvent>(e => e.LogSource != "source");
    }

    private ILoggingAdapter Logger => Logging.GetLogger((LoggingBus)Sys.EventStream, "source");

    [Fact]
    public void A_format_and_its_arguments_become_the_message()
    {
        Logger.Info("{0} and {1}", "a", 2);
        ExpectMsg<Info>(e => Assert.Equal("a and 2", e.Message.ToString()));
    }

    [Fact]
    public void A_text_without_arguments_is_logged_as_it_is_braces_and_all()
    {
        Logger.Warning("{ \"json\": {0} }");
        ExpectMsg<Warning>(e => Assert.Equal("{ \"json\": {0} }", e.Message));
    }

    [Fact]
    public void Each_level_has_its_own_kind_of_event()
    {
        Logger.Debug("d");
        ExpectMsg<Debug>(e => Assert.Equal(LogLevel.DebugLevel, e.LogLevel()));
        Logger.Info("i");
        ExpectMsg<Info>(e => Assert.Equal(LogLevel.InfoLevel, e.LogLevel()));
        Logger.Warning("w");
        ExpectMsg<Warning>(e => Assert.Equal(LogLevel.WarningLevel, e.LogLevel()));
        Logger.Error("e");
        ExpectMsg<Error>(e => Assert.Equal(LogLevel.ErrorLevel, e.LogLevel()));
    }

    [Fact]
    public void The_cause_travels_with_the_event()
    {
        var cause = new InvalidOperationException("why");
        Logger.Error(cause, "failed {0} times", 3);
        ExpectMsg<Error>(e =>
        {
            Assert.Same(cause, e.Cause);
            Assert.Equal("failed 3 times", e.Message.ToString());
            Assert.EndsWith(
                $"failed 3 times{Environment.NewLine}Cause: {cause}", e.ToString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_level_that_is_off_publishes_nothing()
    {
        Sys.EventStream.SetLogLevel(LogLevel.WarningLevel);
        var log = Logger;
        Assert.False(log.IsInfoEnabled);
        Assert.False(log.IsEnabled(LogLevel.DebugLevel));
        Assert.True(log.IsWarningEnabled);
        log.Info("{0}", 1);
        log.Debug("text");
        log.Log(LogLevel.InfoLevel, "text");
        log.Warning("last");
        ExpectMsg<Warning>(e => Assert.Equal("last", e.Message));
    }

    [Fact]
    public void A_line_has_level_time_thread_source_and_message()
    {
        var e = new Warning("akka://x/user/a", GetType(), "text");
        var time = e.Timestamp.ToString("MM/dd/yyyy HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var thread = Environment.CurrentManagedThreadId.ToString("0000", CultureInfo.InvariantCulture);
        Assert.Equal($"[WARNING][{time}Z][Thread {thread}][akka://x/user/a] text", e.ToString());
    }

    [Fact]
    public void The_source_of_an_actor_is_its_path_and_its_class_that_of_the_actor()
    {
        var actor = Sys.ActorOf<Chatty>("chatty");
        IgnoreMessages<LogEvent>(e => e.LogClass != typeof(Chatty));
        actor.Tell("hello");
        ExpectMsg<Info>(e => Assert.Equal("akka://test/user/chatty", e.LogSource));
    }

    [Fact]
    public void The_source_of_a_string_or_a_type_is_followed_by_the_system()
    {
        Assert.Equal($"me ({Sys})", LogSource.Create("me", Sys).Source);
        Assert.Equal(typeof(DummyClassForStringSources), LogSource.Create("me", Sys).Type);
        Assert.Equal($"Chatty ({Sys})", LogSource.Create(typeof(Chatty), Sys).Source);
        Assert.Equal(typeof(Chatty), LogSource.Create(typeof(Chatty), Sys).Type);
    }

    [Theory]
    [InlineData("DEBUG", LogLevel.DebugLevel)]
    [InlineData("info", LogLevel.InfoLevel)]
    [InlineData("Warning", LogLevel.WarningLevel)]
    [InlineData("ERROR", LogLevel.ErrorLevel)]
    public void Levels_are_read_in_any_case_and_written_in_capitals(string text, LogLevel level)
    {
        Assert.Equal(level, Logging.LogLevelFor(text));
        Assert.Equal(text.ToUpperInvariant(), level.StringFor());
        Assert.Equal(level, ((LogEvent)Activator.CreateInstance(
            level.ClassFor(), null, "s", typeof(string), "m")!).LogLevel());
    }

    [Fact]
    public void Off_is_above_all_levels_and_nonsense_is_refused()
    {
        Assert.True(Logging.LogLevelFor("off") > LogLevel.ErrorLevel);
        Assert.Throws<ArgumentException>(() => Logging.LogLevelFor("loud"));
        Assert.Throws<ArgumentException>(() => Logging.LogLevelFor("off").ClassFor());
    }

    [Fact]
    public void The_logger_of_nothing_is_off_at_every_level()
    {
        Assert.All(Enum.GetValues<LogLevel>(), level => Assert.False(NoLogger.Instance.IsEnabled(level)));
        NoLogger.Instance.Error("unheard {0}", 1);
    }

    [Fact]
    public void A_logger_that_does_not_exist_stops_the_system_from_starting()
    {
        var e = Assert.ThrowsAny<Exception>(
            () => ActorSystem.Create("broken", "akka.loggers = [\"No.Such.Logger, Nowhere\"]"));
        Assert.Contains("No.Such.Logger", e.ToString(), StringComparison.Ordinal);
    }

    private sealed class Chatty : ReceiveActor
    {
        public Chatty()
        {
            ReceiveAny(message => Context.GetLogger().Info("{0}", message));
        }
    }
}
