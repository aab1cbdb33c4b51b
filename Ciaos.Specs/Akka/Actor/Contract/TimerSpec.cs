using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>Timers of an actor, on time that stands still until the spec moves it.</summary>
public sealed class TimerSpec : TestKit
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly IActorRef _actor;

    public TimerSpec()
        : base(TestConfigs.TestSchedulerConfig)
    {
        _actor = Sys.ActorOf(Props.Create(() => new Timed(TestActor)).WithDispatcher(CallingThreadDispatcher.Id));
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_single_timer_fires_once()
    {
        _actor.Tell(new Timed.Single("a", 1));
        Scheduler.Advance(Interval);
        ExpectMsg(1);
        Scheduler.Advance(Interval);
        Assert.False(HasMessages);
    }

    [Fact]
    public void A_periodic_timer_fires_until_it_is_cancelled()
    {
        _actor.Tell(new Timed.Periodic("a", 1));
        for (var i = 0; i < 3; i++)
        {
            Scheduler.Advance(Interval);
            ExpectMsg(1);
        }

        _actor.Tell(new Timed.Cancel("a"));
        Scheduler.Advance(Interval);
        Assert.False(HasMessages);
    }

    [Fact]
    public void A_timer_with_the_same_key_replaces_the_one_before()
    {
        _actor.Tell(new Timed.Single("a", 1));
        _actor.Tell(new Timed.Single("b", 3));
        _actor.Tell(new Timed.Single("a", 2));
        Scheduler.Advance(Interval);
        ExpectMsgAllOf(2, 3);
        Assert.False(HasMessages);
    }

    [Fact]
    public void Timers_end_with_the_instance_that_started_them()
    {
        _actor.Tell(new Timed.Periodic("a", 1));
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => _actor.Tell("fail"));
        Scheduler.Advance(Interval);
        _actor.Tell("active?");
        ExpectMsg(false);
        Assert.False(HasMessages);
    }

    [Fact]
    public void Timers_end_when_the_actor_stops()
    {
        _actor.Tell(new Timed.Periodic("a", 1));
        Watch(_actor);
        Sys.Stop(_actor);
        ExpectTerminated(_actor);
        Sys.EventStream.Subscribe(TestActor, typeof(global::Akka.Event.AllDeadLetters));
        Scheduler.Advance(Interval);
        Assert.False(HasMessages);
    }

    [Fact]
    public void In_the_hooks_of_the_end_of_an_instance_its_timers_have_ended()
    {
        var actor = Sys.ActorOf(
            Props.Create(() => new ReportsTimers(TestActor)).WithDispatcher(CallingThreadDispatcher.Id));
        EventFilter.Exception<DivideByZeroException>().ExpectOne(() => actor.Tell("fail"));
        ExpectMsg("PreRestart False");
        Sys.Stop(actor);
        ExpectMsg("PostStop False");
    }

    [Fact]
    public void Timers_can_be_started_in_the_constructor()
    {
        Sys.ActorOf(Props.Create(() => new StartsInConstructor(TestActor)).WithDispatcher(CallingThreadDispatcher.Id));
        Scheduler.Advance(Interval);
        ExpectMsg("tick");
    }

    [Fact]
    public void A_timer_can_send_what_the_engine_itself_handles()
    {
        Watch(_actor);
        _actor.Tell(new Timed.Single("a", PoisonPill.Instance));
        Scheduler.Advance(Interval);
        ExpectTerminated(_actor);
    }

    private sealed class Timed : ReceiveActor, IWithTimers
    {
        public Timed(IActorRef log)
        {
            Receive<Single>(start => Timers.StartSingleTimer(start.Key, start.Message, Interval));
            Receive<Periodic>(start => Timers.StartPeriodicTimer(start.Key, start.Message, Interval));
            Receive<Cancel>(cancel => Timers.Cancel(cancel.Key));
            Receive<string>(s => s == "fail", _ => throw new InvalidOperationException());
            Receive<string>(s => s == "active?", _ => Sender.Tell(Timers.IsTimerActive("a")));
            ReceiveAny(log.Tell);
        }

        public ITimerScheduler Timers { get; set; } = null!;

        public sealed record Single(string Key, object Message);

        public sealed record Periodic(string Key, object Message);

        public sealed record Cancel(string Key);
    }

    private sealed class ReportsTimers : ReceiveActor, IWithTimers
    {
        private readonly IActorRef _log;

        public ReportsTimers(IActorRef log)
        {
            _log = log;
            Timers.StartPeriodicTimer("key", "tick", Interval);
            ReceiveAny(_ => throw new DivideByZeroException());
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreRestart(Exception reason, object message) =>
            _log.Tell($"PreRestart {Timers.IsTimerActive("key")}");

        protected override void PostStop() => _log.Tell($"PostStop {Timers.IsTimerActive("key")}");
    }

    private sealed class StartsInConstructor : ReceiveActor, IWithTimers
    {
        public StartsInConstructor(IActorRef log)
        {
            Timers.StartSingleTimer("key", "tick", Interval);
            ReceiveAny(log.Tell);
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
