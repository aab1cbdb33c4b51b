using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Dispatch;

/// <summary>In which order, and how many, messages wait.</summary>
public sealed class MailboxSpec : TestKit
{
    private static readonly string Settings = $$"""
        urgent-first { mailbox-type = "{{typeof(UrgentFirst).AssemblyQualifiedName}}" }
        urgent-first-stable { mailbox-type = "{{typeof(UrgentFirstStable).AssemblyQualifiedName}}" }
        two-at-most {
          mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka"
          mailbox-capacity = 2
          mailbox-push-timeout-time = 0s
        }
        not-there { mailbox-type = "No.Such.Mailbox, Nowhere" }
        """;

    private readonly ManualResetEventSlim _gate = new();

    public MailboxSpec()
        : base(Settings)
    {
    }

    [Theory]
    [InlineData("urgent-first")]
    [InlineData("urgent-first-stable")]
    public void The_most_urgent_message_comes_first_and_equals_in_the_order_in_which_they_came(string mailbox)
    {
        var actor = Blocked(mailbox);
        foreach (var message in new[] { "9a", "5a", "1a", "5b", "9b", "1b" }) actor.Tell(message);
        _gate.Set();

        foreach (var message in new[] { "1a", "1b", "5a", "5b", "9a", "9b" }) ExpectMsg(message);
    }

    [Fact]
    public void What_does_not_fit_into_a_bounded_mailbox_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Blocked("two-at-most");
        actor.Tell("one");
        actor.Tell("two");
        actor.Tell("three");

        Assert.Equal("three", ExpectMsg<DeadLetter>().Message);
        _gate.Set();
        ExpectMsg("one");
        ExpectMsg("two");
    }

    [Fact]
    public void After_a_message_was_handled_a_bounded_mailbox_has_room_again()
    {
        var actor = Blocked("two-at-most");
        _gate.Set();
        for (var i = 0; i < 20; i++)
        {
            actor.Tell($"{i}");
            ExpectMsg($"{i}");
        }
    }

    [Fact]
    public void What_waits_when_an_actor_stops_becomes_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Blocked("akka.actor.default-mailbox");
        actor.Tell(PoisonPill.Instance);
        actor.Tell("too late", TestActor);
        _gate.Set();

        var letter = ExpectMsg<DeadLetter>();
        Assert.Equal("too late", letter.Message);
        Assert.Equal(TestActor, letter.Sender);
        Assert.Equal(actor, letter.Recipient);
    }

    [Fact]
    public void A_mailbox_that_does_not_exist_is_refused_where_the_actor_is_made()
    {
        var props = Props.Create(() => new Relay(TestActor, _gate));
        Assert.ThrowsAny<ConfigurationException>(() => Sys.ActorOf(props.WithMailbox("not-there")));
        Assert.ThrowsAny<ConfigurationException>(() => Sys.ActorOf(props.WithMailbox("not-even-a-section")));
    }

    [Fact]
    public void An_actor_with_a_stash_gets_a_mailbox_that_can_put_messages_back()
    {
        var type = Sys.Mailboxes.GetMailboxType(
            Props.Create(() => new Stasher()), Sys.Dispatchers.DefaultDispatcherConfig);
        Assert.IsType<UnboundedDequeBasedMailbox>(type);
        Assert.IsAssignableFrom<IDequeBasedMessageQueueSemantics>(type.Create(TestActor, Sys));
    }

    protected override void AfterAll()
    {
        _gate.Set();
        base.AfterAll();
        _gate.Dispose();
    }

    private IActorRef Blocked(string mailbox)
    {
        var actor = Sys.ActorOf(
            Props.Create(() => new Relay(TestActor, _gate))
                .WithMailbox(mailbox)
                .WithDispatcher("akka.actor.default-fork-join-dispatcher"));
        actor.Tell("block");
        ExpectMsg("blocked");
        return actor;
    }

    private sealed class Relay : ReceiveActor
    {
        public Relay(IActorRef listener, ManualResetEventSlim gate)
        {
            Receive<string>(message => message == "block", _ =>
            {
                listener.Tell("blocked");
                gate.Wait(TimeSpan.FromSeconds(10));
            });
            Receive<string>(message => listener.Tell(message));
        }
    }

    private sealed class Stasher : ReceiveActor, IWithStash
    {
        public IStash Stash { get; set; } = null!;
    }

    private sealed class UrgentFirst(Settings settings, Config config) : UnboundedPriorityMailbox(settings, config)
    {
        protected override int PriorityGenerator(object message) => message is string text ? text[0] : 0;
    }

    private sealed class UrgentFirstStable(Settings settings, Config config)
        : UnboundedStablePriorityMailbox(settings, config)
    {
        protected override int PriorityGenerator(object message) => message is string text ? text[0] : 0;
    }
}
