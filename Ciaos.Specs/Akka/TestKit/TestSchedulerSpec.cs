using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Testing;

public sealed class TestSchedulerSpec : TestKit
{
    public TestSchedulerSpec()
        : base(TestConfigs.TestSchedulerConfig)
    {
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void What_is_due_comes_when_the_test_moves_the_time_and_not_before()
    {
        Scheduler.ScheduleTellOnce(TimeSpan.FromHours(1), TestActor, "a", ActorRefs.NoSender);
        Scheduler.Advance(TimeSpan.FromMinutes(59));
        Assert.False(HasMessages);
        Scheduler.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("a", ReceiveOne(TimeSpan.Zero));
        Scheduler.Advance(TimeSpan.FromHours(10));
        Assert.False(HasMessages);
    }

    [Fact]
    public void What_is_due_first_comes_first_and_ties_are_in_order_of_scheduling()
    {
        Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(2), TestActor, 3, ActorRefs.NoSender);
        Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1), TestActor, 1, ActorRefs.NoSender);
        Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(1), TestActor, 2, ActorRefs.NoSender);
        Scheduler.AdvanceTo(Scheduler.Now + TimeSpan.FromSeconds(2));
        Assert.Equal([1, 2, 3], ReceiveN(3));
    }

    [Fact]
    public void What_repeats_comes_once_per_move()
    {
        Scheduler.ScheduleTellRepeatedly(
            TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TestActor, "tick", ActorRefs.NoSender);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        ExpectMsg("tick");
        for (var i = 0; i < 20; i++)
        {
            Scheduler.Advance(TimeSpan.FromSeconds(5));
            ExpectMsg("tick");
        }

        Assert.False(HasMessages);
    }

    [Fact]
    public void What_was_cancelled_does_not_come()
    {
        var cancelable = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(
            TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TestActor, "tick", ActorRefs.NoSender);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        ExpectMsg("tick");
        cancelable.Cancel();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        Assert.False(HasMessages);
    }

    [Fact]
    public void Actions_run_on_the_thread_of_the_test()
    {
        var thread = 0;
        Scheduler.Advanced.ScheduleOnce(TimeSpan.FromSeconds(1), () => thread = Environment.CurrentManagedThreadId);
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public void Time_does_not_go_back()
    {
        Assert.Throws<InvalidOperationException>(() => Scheduler.AdvanceTo(Scheduler.Now - TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void Timers_of_actors_run_on_it()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Ticker(TestActor)).WithDispatcher(CallingThreadDispatcher.Id));
        actor.Tell("start");
        Scheduler.Advance(TimeSpan.FromHours(1));
        ExpectMsg("tick");
    }

    private sealed class Ticker : ReceiveActor, IWithTimers
    {
        public Ticker(IActorRef target)
        {
            Receive<string>(s => s == "start", _ => Timers.StartSingleTimer("key", "tick", TimeSpan.FromHours(1)));
            ReceiveAny(target.Tell);
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
