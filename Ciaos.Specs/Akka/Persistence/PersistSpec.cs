using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace Ciaos.Specs.Akka.Persistence;

public sealed class PersistSpec : PersistenceSpecBase
{
    [Fact]
    public void A_handler_runs_before_the_next_command()
    {
        var actor = Start<Recorder>("a");
        foreach (var command in new[] { "!1", "!2", "plain" }) actor.Tell(command);

        Expect("ready 0", "command !1", "stored 1", "command !2", "stored 2", "command plain");
    }

    [Fact]
    public void Events_persisted_together_are_handled_in_order_and_before_the_next_command()
    {
        var actor = Start<Recorder>("a");
        actor.Tell("*1,2,3");
        actor.Tell("plain");

        Expect("ready 0", "command *1,2,3", "stored 1", "stored 2", "stored 3", "command plain");
    }

    [Fact]
    public void Persisting_asynchronously_lets_commands_pass()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Burst("a", TestActor)));
        ExpectMsg("ready 0");
        actor.Tell("go");

        Expect("command go", "command two", "stored 1", "stored 2", "deferred 3", "stored 4");
    }

    [Fact]
    public void Nothing_to_wait_for_means_that_a_deferred_handler_runs_at_once()
    {
        var actor = Start<Recorder>("a");
        actor.Tell("?1");

        Expect("ready 0", "command ?1", "deferred 1");
    }

    [Fact]
    public void An_actor_that_comes_back_replays_its_events_before_any_command()
    {
        var actor = Start<Recorder>("a");
        actor.Tell("*1,2");
        actor.Tell("~3");
        Expect("ready 0", "command *1,2", "stored 1", "stored 2", "command ~3", "stored 3");

        var again = StartAgain<Recorder>(actor, "a");
        again.Tell("!4");
        Expect("recovered 1", "recovered 2", "recovered 3", "ready 3", "command !4", "stored 4");
    }

    [Fact]
    public void A_snapshot_comes_first_and_then_the_events_after_it()
    {
        var actor = Start<Recorder>("a");
        actor.Tell("*1,2");
        actor.Tell("@state of 2");
        Expect("ready 0", "command *1,2", "stored 1", "stored 2", "command @state of 2");
        Assert.Equal(2, ExpectMsg<SaveSnapshotSuccess>().Metadata.SequenceNr);
        actor.Tell("!3");
        Expect("command !3", "stored 3");

        StartAgain<Recorder>(actor, "a");
        Expect("offered state of 2", "recovered 3", "ready 3");
    }

    [Fact]
    public void A_restart_replays_what_was_stored_and_goes_on_with_the_next_command()
    {
        var actor = Start<Recorder>("a");
        actor.Tell("!1");
        actor.Tell("#boom");
        actor.Tell("!2");

        Expect("ready 0", "command !1", "stored 1", "command #boom");
        Expect("recovered 1", "ready 1", "command !2", "stored 2");
    }

    [Fact]
    public void An_event_persisted_before_the_command_failed_is_stored()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailsAfterPersist("a", TestActor)));
        actor.Tell("1");

        Expect("ready 0", "recovered 1", "ready 1");
    }

    [Fact]
    public void The_sender_in_a_handler_is_that_of_the_command()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Answering("a")));
        var other = CreateTestProbe();
        actor.Tell("mine", TestActor);
        actor.Tell("other's", other.Ref);

        ExpectMsg("mine stored");
        other.ExpectMsg("other's stored");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void Handlers_may_persist_in_turn()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Nested("a", TestActor)));
        actor.Tell("go");
        actor.Tell("after");

        Expect("ready 0", "outer", "inner", "innermost", "command after");
    }

    [Fact]
    public void Persisting_is_possible_from_RecoveryCompleted_on_and_not_before()
    {
        var actor = Sys.ActorOf(Props.Create(() => new PersistsOnRecovery("a", TestActor)));
        actor.Tell("hello");
        Expect("stored first", "command hello");

        StartAgain<PersistsWhileReplaying>(actor, "a");
        ExpectMsg("refused");
    }

    [Fact]
    public void Deleted_events_are_not_replayed_and_their_numbers_not_given_out_again()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Deleting("a", TestActor)));
        actor.Tell("*1,2,3");
        actor.Tell(2L);
        Expect("ready 0", "command *1,2,3", "stored 1", "stored 2", "stored 3");
        Assert.Equal(2, ExpectMsg<DeleteMessagesSuccess>().ToSequenceNr);
        actor.Tell(long.MaxValue);
        ExpectMsg<DeleteMessagesSuccess>();

        StartAgain<Recorder>(actor, "a");
        Expect("ready 3");
    }

    [Fact]
    public void What_the_user_stashed_comes_before_the_commands_that_waited()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing("a", TestActor)));
        foreach (var command in new[] { "stash me", "!1", "later" }) actor.Tell(command);

        Expect("ready 0", "stored 1", "command stash me", "command later");
    }

    private void Expect(params string[] expected)
    {
        foreach (var text in expected) ExpectMsg(text);
    }

    private sealed class Burst(string id, IActorRef spec) : Recorder(id, spec)
    {
        protected override void Handle(string text)
        {
            Note($"command {text}");
            if (text != "go") return;
            Self.Tell("two");
            PersistAsync("1", stored => Note($"stored {stored}"));
            PersistAllAsync(["2"], stored => Note($"stored {stored}"));
            DeferAsync("3", deferred => Note($"deferred {deferred}"));
            PersistAsync("4", stored => Note($"stored {stored}"));
        }
    }

    private sealed class FailsAfterPersist(string id, IActorRef spec) : Recorder(id, spec)
    {
        protected override void Handle(string text)
        {
            Persist(text, stored => Note($"stored {stored}"));
            throw new InvalidOperationException("after persist");
        }
    }

    private sealed class Answering : ReceivePersistentActor
    {
        public Answering(string id)
        {
            PersistenceId = id;
            Command<string>(text => Persist(text, stored => Sender.Tell($"{stored} stored")));
        }

        public override string PersistenceId { get; }
    }

    private sealed class Nested(string id, IActorRef spec) : Recorder(id, spec)
    {
        protected override void Handle(string text)
        {
            if (text != "go")
            {
                Note($"command {text}");
                return;
            }

            Persist("outer", outer =>
            {
                Note(outer);
                Persist("inner", inner =>
                {
                    Note(inner);
                    Persist("innermost", Note);
                });
            });
        }
    }

    private sealed class PersistsOnRecovery : UntypedPersistentActor
    {
        private readonly IActorRef _spec;

        public PersistsOnRecovery(string id, IActorRef spec)
        {
            PersistenceId = id;
            _spec = spec;
        }

        public override string PersistenceId { get; }

        protected override void OnCommand(object message) => _spec.Tell($"command {message}");

        protected override void OnRecover(object message)
        {
            if (message is RecoveryCompleted) Persist("first", stored => _spec.Tell($"stored {stored}"));
        }
    }

    private sealed class PersistsWhileReplaying : UntypedPersistentActor
    {
        private readonly IActorRef _spec;

        public PersistsWhileReplaying(string id, IActorRef spec)
        {
            PersistenceId = id;
            _spec = spec;
        }

        public override string PersistenceId { get; }

        protected override void OnCommand(object message)
        {
        }

        protected override void OnRecover(object message)
        {
            if (message is not string) return;
            Assert.True(IsRecovering);
            Assert.Throws<InvalidOperationException>(() => Persist("more", _ => { }));
            Assert.Throws<InvalidOperationException>(() => DeferAsync("more", _ => { }));
            _spec.Tell("refused");
        }
    }

    private sealed class Deleting : Recorder
    {
        public Deleting(string id, IActorRef spec)
            : base(id, spec) => Become(() =>
            {
                Command<long>(DeleteMessages);
                Command<string>(Handle);
                CommandAny(other => spec.Tell(other));
            });
    }

    private sealed class Stashing(string id, IActorRef spec) : Recorder(id, spec)
    {
        private bool _stored;

        protected override void Handle(string text)
        {
            if (text.StartsWith('!'))
            {
                Persist(text[1..], stored =>
                {
                    Note($"stored {stored}");
                    _stored = true;
                    Stash.UnstashAll();
                });
            }
            else if (_stored) Note($"command {text}");
            else Stash.Stash();
        }
    }
}
