using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;
using Xunit.Abstractions;

namespace Ciaos.Specs.Akka.Testing;

/// <summary>How a kit is made, and what it leaves behind.</summary>
public sealed class TestKitSetupSpec
{
    [Fact]
    public void The_defaults_are_those_of_Akka()
    {
        using var kit = new TestKit();
        Assert.Equal("test", kit.Sys.Name);
        Assert.Equal(TimeSpan.FromSeconds(5), kit.TestKitSettings.DefaultTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), kit.TestKitSettings.SingleExpectDefault);
        Assert.Equal(TimeSpan.FromSeconds(3), kit.TestKitSettings.TestEventFilterLeeway);
        Assert.Equal(1, kit.TestKitSettings.TestTimeFactor);
    }

    [Fact]
    public void A_kit_takes_settings_in_all_their_forms()
    {
        const string setting = "akka.test.timefactor = 3";
        using var byText = new TestKit(setting);
        using var byConfig = new TestKit(ConfigurationFactory.ParseString(setting), "named");
        using var bySetup = new TestKit(ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(setting))));
        Assert.Equal(3, byText.TestKitSettings.TestTimeFactor);
        Assert.Equal(3, byConfig.TestKitSettings.TestTimeFactor);
        Assert.Equal(3, bySetup.TestKitSettings.TestTimeFactor);
        Assert.Equal("named", byConfig.Sys.Name);
    }

    [Fact]
    public void A_kit_uses_a_given_system_even_one_without_settings_for_it()
    {
        using var system = ActorSystem.Create("given", TestKitBase.DefaultConfig);
        using var kit = new TestKit(system);
        Assert.Same(system, kit.Sys);
        kit.TestActor.Tell("hello", kit.TestActor);
        kit.ExpectMsg("hello");
    }

    [Fact]
    public void When_a_kit_is_disposed_its_system_has_terminated()
    {
        var kit = new TestKit();
        kit.Dispose();
        Assert.True(kit.Sys.WhenTerminated.IsCompleted);
        kit.Dispose();
    }

    [Fact]
    public void The_log_goes_to_the_output_of_the_test()
    {
        var output = new Lines();
        using var kit = new TestKit("akka.loglevel = INFO", output);
        kit.EventFilter.Info("seen").ExpectOne(() => kit.Log.Info("seen"));
        kit.AwaitAssert(() => Assert.Contains(output.All, line => line.EndsWith("seen", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_format_that_does_not_fit_its_arguments_is_logged_as_an_error()
    {
        using var kit = new TestKit("akka.loglevel = INFO", new Lines());
        kit.Sys.EventStream.Subscribe(kit.TestActor, typeof(LogEvent));
        kit.Sys.Log.Warning("{0} {4}", "one", "two");
        kit.ExpectMsg<Warning>();
        Assert.IsType<FormatException>(kit.ExpectMsg<Error>().Cause);
        kit.Sys.Log.Error(new DivideByZeroException(), "{0} {4}", "one", "two");
        Assert.IsType<DivideByZeroException>(kit.ExpectMsg<Error>().Cause);
        Assert.IsType<AggregateException>(kit.ExpectMsg<Error>().Cause);
    }

    [Fact]
    public void The_test_actor_is_the_sender_unless_the_test_wants_none()
    {
        using (var kit = new TestKit())
        {
            kit.TestActor.Tell("mine");
            kit.ExpectMsgFrom(kit.TestActor, "mine");
        }

        using (var kit = new WithoutSender())
        {
            kit.TestActor.Tell("nobody's");
            kit.ExpectMsg("nobody's");
            Assert.True(kit.LastSender.IsNobody());
        }
    }

    [Fact]
    public async Task Many_blocking_waits_at_once_do_not_keep_actors_from_answering()
    {
        using var kit = new TestKit();
        var echo = kit.Sys.ActorOf(SimpleEchoActor.Props());
        var waits = Enumerable.Range(0, 16).Select(i => Task.Run(() =>
        {
            var probe = kit.CreateTestProbe();
            for (var n = 0; n < 20; n++)
            {
                probe.Send(echo, n);
                probe.ExpectMsg(n, TimeSpan.FromSeconds(10));
            }
        }));
        await Task.WhenAll(waits);
    }

    private sealed class WithoutSender : TestKit, INoImplicitSender;

    private sealed class Lines : ITestOutputHelper
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> All
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public void WriteLine(string message)
        {
            lock (_lines) _lines.Add(message);
        }

        public void WriteLine(string format, params object[] args) => WriteLine(string.Format(format, args));
    }
}
