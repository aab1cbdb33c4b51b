using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.TestActors;
using Akka.TestKit.Xunit2;
using Xunit;

namespace Ciaos.Specs.Akka.Event;

public sealed class DeadLetterSpec : TestKit
{
    private readonly IActorRef _dead;

    public DeadLetterSpec()
        : base("""
            akka.loglevel = INFO
            akka.log-dead-letters = 3
            akka.log-dead-letters-suspend-duration = 1s
            """)
    {
        _dead = Sys.ActorOf(BlackHoleActor.Props, "dead");
        Watch(_dead);
        _dead.Tell(PoisonPill.Instance);
        ExpectTerminated(_dead);
    }

    [Fact]
    public void A_message_to_a_dead_actor_is_published_with_sender_and_recipient()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var probe = CreateTestProbe();
        _dead.Tell("hello", probe.Ref);
        var letter = ExpectMsg<DeadLetter>();
        Assert.Equal("hello", letter.Message);
        Assert.Equal(probe.Ref, letter.Sender);
        Assert.Equal(_dead.Path, letter.Recipient.Path);
    }

    [Fact]
    public void A_message_whose_loss_is_no_news_is_published_as_suppressed()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));
        _dead.Tell(new Unimportant());
        Assert.IsType<Unimportant>(ExpectMsg<SuppressedDeadLetter>().Message);
        ExpectNoMsg();
    }

    [Fact]
    public void An_unhandled_message_is_published_with_sender_and_recipient()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var deaf = Sys.ActorOf<UnhandledMessageActor>("deaf");
        deaf.Tell("hello");
        var unhandled = ExpectMsg<UnhandledMessage>();
        Assert.Equal("hello", unhandled.Message);
        Assert.Equal(TestActor, unhandled.Sender);
        Assert.Equal(deaf, unhandled.Recipient);
    }

    [Fact]
    public void Dead_letters_are_logged_up_to_the_limit_then_not_for_a_while_then_again()
    {
        ExpectLogged(1, "", () => _dead.Tell(1));
        ExpectLogged(2, "", () => _dead.Tell(2));
        ExpectLogged(3, ", no more dead letters will be logged in next", () => _dead.Tell(3));
        var suspended = Now;
        EventFilter.Info(contains: "was not delivered").Expect(0, TimeSpan.FromMilliseconds(50), () =>
        {
            _dead.Tell(4);
            _dead.Tell(5);
        });
        AwaitCondition(() => Now - suspended > TimeSpan.FromMilliseconds(1010));
        ExpectLogged(6, ", of which 2 were not logged. The counter will be reset now", () => _dead.Tell(6));
        ExpectLogged(1, "", () => _dead.Tell(7));
    }

    [Fact]
    public void Dropped_and_unhandled_messages_are_logged_like_dead_letters()
    {
        var deaf = Sys.ActorOf<UnhandledMessageActor>("deaf");
        EventFilter
            .Info(start: $"Message [Int32] to {deaf} was dropped. No room. [1] dead letters encountered")
            .ExpectOne(() => Sys.EventStream.Publish(new Dropped(1, "No room", deaf)));
        EventFilter
            .Info(start: $"Message [Int32] from {TestActor} to {deaf} was unhandled. [2] dead letters encountered")
            .ExpectOne(() => deaf.Tell(2));
    }

    [Fact]
    public void Unhandled_messages_are_logged_one_by_one_when_that_is_asked_for()
    {
        using var system = ActorSystem.Create(
            "debugging",
            ConfigurationFactory.ParseString("akka { loglevel = DEBUG, actor.debug.unhandled = on }")
                .WithFallback(DefaultConfig));
        system.EventStream.Subscribe(TestActor, typeof(Debug));
        using var mute = CreateEventFilter(system).Debug().And.Warning().Mute();
        system.EventStream.Publish(new UnhandledMessage(42, TestActor, system.DeadLetters));
        ExpectMsg<Debug>(e => Assert.Equal($"Unhandled message from {TestActor.Path} : 42", e.Message));
    }

    private void ExpectLogged(int count, string ending, Action send) =>
        EventFilter
            .Info(start: $"Message [Int32] from {TestActor} to {_dead} was not delivered. " +
                $"[{count}] dead letters encountered{ending}")
            .ExpectOne(send);

    private sealed record Unimportant : IDeadLetterSuppression;
}
