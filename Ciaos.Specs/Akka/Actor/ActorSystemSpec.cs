using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor;

/// <summary>How a system is made, extended and taken down.</summary>
public sealed class ActorSystemSpec : TestKit
{
    private static readonly Config Quiet =
        ConfigurationFactory.ParseString("akka.loglevel = OFF, akka.stdout-loglevel = OFF");

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a.b")]
    [InlineData("a b")]
    [InlineData("ä")]
    public void A_name_must_be_a_word(string name) =>
        Assert.Throws<ArgumentException>(() => ActorSystem.Create(name, Quiet));

    [Fact]
    public async Task What_was_registered_last_runs_first_and_all_before_the_end_is_told()
    {
        var system = ActorSystem.Create("callbacks", Quiet);
        var ran = new ConcurrentQueue<int>();
        for (var i = 0; i < 3; i++)
        {
            var number = i;
            system.RegisterOnTermination(() => ran.Enqueue(number));
        }

        system.RegisterOnTermination(() => throw new InvalidOperationException("must not harm the others"));
        await system.Terminate();

        Assert.Equal([2, 1, 0], ran);
        Assert.Throws<InvalidOperationException>(() => system.RegisterOnTermination(() => { }));
        Assert.ThrowsAny<InvalidOperationException>(() => system.ActorOf(Props.Empty));
    }

    [Fact]
    public async Task Terminating_twice_is_terminating_once()
    {
        var system = ActorSystem.Create("twice", Quiet);
        await Task.WhenAll(system.Terminate(), system.Terminate());
        await system.Terminate();
    }

    [Fact]
    public async Task The_users_actors_stop_before_those_of_the_system()
    {
        var order = new ConcurrentQueue<string>();
        var system = ActorSystem.Create("order", Quiet);
        system.ActorOf(Props.Create(() => new Stopper(order, "user")));
        ((ExtendedActorSystem)system).SystemActorOf(Props.Create(() => new Stopper(order, "system")));
        await system.Terminate();

        Assert.Equal(["user", "system"], order);
    }

    [Fact]
    public async Task A_top_level_failure_that_is_escalated_takes_the_system_down()
    {
        var escalating = Quiet.WithFallback(ConfigurationFactory.ParseString(
            $"akka.actor.guardian-supervisor-strategy = \"{typeof(Escalating).AssemblyQualifiedName}\""));
        var system = ActorSystem.Create("escalates", escalating);
        system.ActorOf(Props.Create(() => new Stopper(new ConcurrentQueue<string>(), "any"))).Tell("fail");

        await system.WhenTerminated.WaitAsync(RemainingOrDefault);
    }

    [Fact]
    public async Task Parts_of_the_setup_are_found_by_their_type()
    {
        var mine = new MySetup("value");
        var bootstrap = BootstrapSetup.Create()
            .WithConfig(Quiet)
            .WithConfigFallback("my.setting = 1, akka.loglevel = DEBUG")
            .WithActorRefProvider(ProviderSelection.Cluster.Instance);
        var system = ActorSystem.Create("setups", ActorSystemSetup.Create(bootstrap).And(mine));

        Assert.Same(mine, system.Settings.Setup.Get<MySetup>().Value);
        Assert.Equal(1, system.Settings.Config.GetInt("my.setting"));
        Assert.Equal("OFF", system.Settings.LogLevel);
        Assert.True(system.Settings.HasCluster);
        Assert.False(ActorSystemSetup.Empty.Get<MySetup>().HasValue);
        await system.Terminate();
    }

    [Fact]
    public void An_extension_is_made_once()
    {
        Assert.False(Sys.HasExtension<Counting>());
        var extension = Sys.WithExtension<Counting, CountingProvider>();

        Assert.Same(extension, new CountingProvider().Apply(Sys));
        Assert.Same(extension, Sys.GetExtension<Counting>());
        Assert.True(Sys.TryGetExtension<Counting>(out var found));
        Assert.Same(extension, found);
        Assert.Same(Sys, extension.System);
    }

    [Fact]
    public async Task Extensions_of_the_settings_are_there_from_the_start()
    {
        var system = ActorSystem.Create("extended", Quiet.WithFallback(ConfigurationFactory.ParseString(
            $"akka.extensions = [\"{typeof(CountingProvider).AssemblyQualifiedName}\"]")));
        Assert.True(system.HasExtension<Counting>());
        await system.Terminate();
    }

    [Fact]
    public async Task Whom_nobody_hears_there_is_a_reference_for()
    {
        Sys.IgnoreRef.Tell("anything");
        await Assert.ThrowsAsync<AskTimeoutException>(
            () => Sys.IgnoreRef.Ask<string>("hello?", TimeSpan.FromMilliseconds(50)));
        Assert.Equal("/deadLetters", Sys.DeadLetters.Path.ToStringWithoutAddress());
    }

    private sealed class Stopper : ReceiveActor
    {
        private readonly ConcurrentQueue<string> _order;
        private readonly string _name;

        public Stopper(ConcurrentQueue<string> order, string name)
        {
            (_order, _name) = (order, name);
            ReceiveAny(_ => throw new InvalidOperationException("as told"));
        }

        protected override void PostStop() => _order.Enqueue(_name);
    }

    private sealed class Escalating : SupervisorStrategyConfigurator
    {
        public override SupervisorStrategy Create() => new OneForOneStrategy(_ => Directive.Escalate);
    }

    private sealed class MySetup(string value) : Setup
    {
        public string Value { get; } = value;
    }

    private sealed class Counting(ExtendedActorSystem system) : IExtension
    {
        public ActorSystem System { get; } = system;
    }

    private sealed class CountingProvider : ExtensionIdProvider<Counting>
    {
        public override Counting CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
