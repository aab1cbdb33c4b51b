using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>What a supervisor's decision does to the one that failed, to its siblings and to its children.</summary>
public sealed class SupervisionSpec : TestKit
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private IActorRef ParentWith(SupervisorStrategy strategy, string? name = null) =>
        Sys.ActorOf(Props.Create(() => new Parent(strategy)), name);

    private Task<IActorRef> Counter(IActorRef parent, string name) =>
        parent.Ask<IActorRef>(new Parent.Named(Props.Create(() => new Counting(TestActor)), name));

    private void Fail(IActorRef actor) =>
        EventFilter.Exception<InvalidOperationException>("told to").ExpectOne(() => actor.Tell("fail"));

    [Fact]
    public async Task Resume_keeps_the_state_and_is_logged_as_a_warning()
    {
        var child = await Counter(ParentWith(new OneForOneStrategy(_ => Directive.Resume)), "a");
        child.Tell(5);
        EventFilter.Warning("told to").ExpectOne(() => child.Tell("fail"));
        child.Tell("sum");
        ExpectMsg(5);
    }

    [Fact]
    public async Task Restart_makes_a_new_instance_behind_the_same_reference()
    {
        var child = await Counter(ParentWith(new OneForOneStrategy(_ => Directive.Restart)), "a");
        child.Tell(5);
        Fail(child);
        child.Tell("sum");
        ExpectMsg("a restarted");
        ExpectMsg(0);
    }

    [Fact]
    public async Task Stop_terminates_the_child()
    {
        var child = await Counter(ParentWith(new OneForOneStrategy(_ => Directive.Stop)), "a");
        Watch(child);
        Fail(child);
        ExpectTerminated(child);
    }

    [Fact]
    public async Task After_so_many_restarts_the_child_is_stopped()
    {
        var parent = ParentWith(new OneForOneStrategy(2, TimeSpan.FromMinutes(10), _ => Directive.Restart));
        var child = await Counter(parent, "a");
        Watch(child);
        Fail(child);
        ExpectMsg("a restarted");
        Fail(child);
        ExpectMsg("a restarted");
        Fail(child);
        ExpectTerminated(child);
    }

    [Fact]
    public async Task One_for_one_leaves_the_siblings_alone()
    {
        var parent = ParentWith(new OneForOneStrategy(_ => Directive.Restart));
        var a = await Counter(parent, "a");
        var b = await Counter(parent, "b");
        b.Tell(5);
        Fail(a);
        ExpectMsg("a restarted");
        b.Tell("sum");
        ExpectMsg(5);
    }

    [Fact]
    public async Task All_for_one_restarts_all_children()
    {
        var parent = ParentWith(new AllForOneStrategy(_ => Directive.Restart));
        var a = await Counter(parent, "a");
        await Counter(parent, "b");
        Fail(a);
        ExpectMsgAllOf("a restarted", "b restarted");
        ExpectNoMsg(Short);
    }

    [Fact]
    public async Task All_for_one_stops_all_children()
    {
        var parent = ParentWith(new AllForOneStrategy(_ => Directive.Stop));
        var a = await Counter(parent, "a");
        var b = await Counter(parent, "b");
        Watch(b);
        Fail(a);
        ExpectTerminated(b);
    }

    [Fact]
    public async Task Escalate_makes_it_the_failure_of_the_parent()
    {
        var boss = ParentWith(new OneForOneStrategy(_ => Directive.Stop), "boss");
        var escalating = new OneForOneStrategy(_ => Directive.Escalate);
        var managerProps = Props.Create(() => new Parent(escalating));
        var manager = await boss.Ask<IActorRef>(new Parent.Named(managerProps, "manager"));
        var worker = await Counter(manager, "worker");
        Watch(manager);
        Watch(worker);
        Fail(worker);
        ExpectMsgAllOfMatchingPredicates(
            global::Akka.TestKit.PredicateInfo.Create<Terminated>(t => t.ActorRef.Equals(worker)),
            global::Akka.TestKit.PredicateInfo.Create<Terminated>(t => t.ActorRef.Equals(manager)));
    }

    [Fact]
    public async Task The_decision_goes_by_the_exception()
    {
        var strategy = new OneForOneStrategy(
            e => e is InvalidOperationException ? Directive.Resume : Directive.Stop);
        var child = await Counter(ParentWith(strategy), "a");
        Watch(child);
        child.Tell(1);
        EventFilter.Warning("told to").ExpectOne(() => child.Tell("fail"));
        child.Tell("sum");
        ExpectMsg(1);
        EventFilter.Exception<ActorKilledException>().ExpectOne(() => child.Tell(Kill.Instance));
        ExpectTerminated(child);
    }

    [Fact]
    public async Task While_the_supervisor_decides_the_failed_one_and_its_children_do_nothing()
    {
        using var deciding = new ManualResetEventSlim();
        using var decide = new ManualResetEventSlim();
        var slow = new OneForOneStrategy(_ =>
        {
            deciding.Set();
            decide.Wait(TimeSpan.FromSeconds(10));
            return Directive.Resume;
        });
        var top = ParentWith(slow);
        var resuming = new OneForOneStrategy(_ => Directive.Resume);
        var middle = await top.Ask<IActorRef>(Props.Create(() => new FragileParent(resuming)));
        var worker = await middle.Ask<IActorRef>(Props.Create(() => new Counting(TestActor)));
        EventFilter.Warning("told to").ExpectOne(() =>
        {
            middle.Tell("fail");
            deciding.Wait(TimeSpan.FromSeconds(10));

            // Its suspension may still be on its way: then it answers, and is asked again.
            AwaitAssert(() =>
            {
                worker.Tell("sum");
                ExpectNoMsg(Short);
            });
            decide.Set();
        });
        ExpectMsg(0);
    }

    [Fact]
    public async Task A_failure_to_start_can_be_answered_with_another_try()
    {
        var tries = new Tries();
        var parent = ParentWith(new OneForOneStrategy(
            e => e is ActorInitializationException ? Directive.Restart : Directive.Stop));
        await EventFilter.Exception<ActorInitializationException>().ExpectAsync(2, async () =>
        {
            var child = await parent.Ask<IActorRef>(Props.Create(() => new ThirdTimeLucky(tries)));
            child.Tell("hello");
        });
        ExpectMsg("hello");
        Assert.Equal(3, tries.Count);
    }

    [Fact]
    public async Task A_parent_may_keep_its_children_over_a_restart_and_then_they_are_restarted_too()
    {
        var boss = ParentWith(new OneForOneStrategy(_ => Directive.Restart));
        var keeper = await boss.Ask<IActorRef>(Props.Create(() => new Keeper()));
        var child = await keeper.Ask<IActorRef>(Props.Create(() => new Counting(TestActor)));
        EventFilter.Exception<ActorKilledException>().ExpectOne(() => keeper.Tell(Kill.Instance));
        ExpectMsg($"{child.Path.Name} restarted");
        child.Tell("sum");
        ExpectMsg(0);
    }

    private sealed class Tries
    {
        public int Count { get; set; }
    }

    private sealed class Counting(IActorRef log) : UntypedActor
    {
        private int _sum;

        protected override void OnReceive(object message)
        {
            if (message is int i) _sum += i;
            else if (message is "fail") throw new InvalidOperationException("told to");
            else log.Tell(_sum);
        }

        protected override void PostRestart(Exception reason) => log.Tell($"{Self.Path.Name} restarted");
    }

    private sealed class FragileParent(SupervisorStrategy strategy) : UntypedActor
    {
        protected override SupervisorStrategy SupervisorStrategy() => strategy;

        protected override void OnReceive(object message)
        {
            if (message is "fail") throw new InvalidOperationException("told to");
            Sender.Tell(Context.ActorOf((Props)message));
        }
    }

    private sealed class Keeper : UntypedActor
    {
        protected override void PreRestart(Exception reason, object message)
        {
        }

        protected override void OnReceive(object message) => Sender.Tell(Context.ActorOf((Props)message));
    }

    private sealed class ThirdTimeLucky : UntypedActor
    {
        public ThirdTimeLucky(Tries tries)
        {
            if (++tries.Count < 3) throw new InvalidOperationException("not yet");
        }

        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
