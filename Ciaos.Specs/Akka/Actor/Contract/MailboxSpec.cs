using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Actor.Contract;

/// <summary>Mailboxes and dispatchers of one's choice, stashes with a limit, receive timeouts.</summary>
public sealed class MailboxSpec : TestKit
{
    public MailboxSpec()
        : base(ConfigurationFactory.ParseString($$"""
            by-number.mailbox-type = "{{typeof(ByNumber).AssemblyQualifiedName}}"
            small { mailbox-type = "Akka.Dispatch.UnboundedDequeBasedMailbox, Akka", stash-capacity = 2 }
            pinned { type = PinnedDispatcher }
            """))
    {
    }

    [Fact]
    public void A_priority_mailbox_gives_the_lowest_number_first()
    {
        using var go = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create(() => new Gated(TestActor, go)).WithMailbox("by-number"));
        actor.Tell(0);
        ExpectMsg("entered");
        foreach (var i in new[] { 5, 3, 9, 1 }) actor.Tell(i);
        go.Set();
        Assert.Equal([0, 1, 3, 5, 9], ReceiveN(5));
    }

    [Fact]
    public void A_stash_that_is_full_fails_the_actor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()).WithMailbox("small"));
        actor.Tell(1);
        actor.Tell(2);
        EventFilter.Exception<StashOverflowException>().ExpectOne(() => actor.Tell(3));
    }

    [Fact]
    public void A_mailbox_that_does_not_exist_is_refused()
    {
        Assert.Throws<ConfigurationException>(
            () => Sys.ActorOf(Props.Create(() => new Stashing()).WithMailbox("no-such-mailbox")));
    }

    [Fact]
    public void A_dispatcher_that_does_not_exist_is_refused()
    {
        Assert.Throws<ConfigurationException>(
            () => Sys.ActorOf(Props.Create(() => new OnThread(TestActor)).WithDispatcher("no-such-dispatcher")));
    }

    [Fact]
    public void A_pinned_actor_keeps_its_thread()
    {
        var actor = Sys.ActorOf(Props.Create(() => new OnThread(TestActor)).WithDispatcher("pinned"));
        var threads = new HashSet<int>();
        for (var i = 0; i < 20; i++)
        {
            actor.Tell("where");
            threads.Add(ExpectMsg<int>());
        }

        Assert.Single(threads);
    }

    [Fact]
    public void Some_messages_do_not_put_off_a_receive_timeout()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Waiting(TestActor)));
        var end = Now + TimeSpan.FromSeconds(3);
        AwaitAssert(
            () =>
            {
                actor.Tell(new Transparent());
                Assert.Equal("timeout", ReceiveOne(TimeSpan.FromMilliseconds(10)));
            },
            TimeSpan.FromSeconds(3),
            TimeSpan.FromMilliseconds(1));
        Assert.True(Now < end);
    }

    [Fact]
    public void What_was_sent_to_a_stopped_actor_and_not_handled_becomes_dead_letters_in_order()
    {
        using var go = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create(() => new Gated(TestActor, go)));
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        actor.Tell(0);
        ExpectMsg("entered");

        // Directly: a system's Stop goes by way of the guardian, and may be overtaken.
        ((IInternalActorRef)actor).Stop();
        for (var i = 1; i <= 3; i++) actor.Tell(i);
        go.Set();
        ExpectMsg(0);
        for (var i = 1; i <= 3; i++) ExpectMsg<DeadLetter>(letter => Assert.Equal(i, letter.Message));
    }

    public sealed class ByNumber(Settings settings, Config config) : UnboundedPriorityMailbox(settings, config)
    {
        protected override int PriorityGenerator(object message) => message is int i ? i : int.MaxValue;
    }

    private sealed record Transparent : INotInfluenceReceiveTimeout;

    private sealed class Gated : ReceiveActor
    {
        public Gated(IActorRef log, ManualResetEventSlim go)
        {
            Receive<int>(i =>
            {
                if (i == 0)
                {
                    log.Tell("entered");
                    go.Wait(TimeSpan.FromSeconds(10));
                }

                log.Tell(i);
            });
        }
    }

    private sealed class Stashing : ReceiveActor, IWithStash
    {
        public Stashing()
        {
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;
    }

    private sealed class OnThread : ReceiveActor
    {
        public OnThread(IActorRef log)
        {
            ReceiveAny(_ => log.Tell(Environment.CurrentManagedThreadId));
        }
    }

    private sealed class Waiting : ReceiveActor
    {
        public Waiting(IActorRef log)
        {
            SetReceiveTimeout(TimeSpan.FromMilliseconds(100));
            Receive<ReceiveTimeout>(_ => log.Tell("timeout"));
            ReceiveAny(_ => { });
        }
    }
}
