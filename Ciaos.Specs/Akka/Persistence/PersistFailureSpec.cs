using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace Ciaos.Specs.Akka.Persistence;

public sealed class PersistFailureSpec : PersistenceSpecBase
{
    public PersistFailureSpec()
        : base(MoodyJournalConfig)
    {
    }

    [Fact]
    public void A_write_that_fails_stops_the_actor()
    {
        var actor = Start<Recorder>("a");
        Watch(actor);
        actor.Tell("!1");
        actor.Tell("!fail");
        actor.Tell("!2");

        foreach (var text in new[] { "ready 0", "command !1", "stored 1", "command !fail" }) ExpectMsg(text);
        ExpectMsg("failed fail 2: no such disk");
        ExpectTerminated(actor);

        Start<Recorder>("a");
        ExpectMsg("recovered 1");
        ExpectMsg("ready 1");
    }

    [Fact]
    public void A_rejected_event_is_reported_and_the_actor_goes_on()
    {
        var actor = Start<Recorder>("a");
        foreach (var command in new[] { "!1", "!reject", "!2" }) actor.Tell(command);

        foreach (var text in new[] { "ready 0", "command !1", "stored 1", "command !reject" }) ExpectMsg(text);
        ExpectMsg("rejected reject 2: not like this");
        ExpectMsg("command !2");
        ExpectMsg("stored 2");

        StartAgain<Recorder>(actor, "a");
        foreach (var text in new[] { "recovered 1", "recovered 2", "ready 3" }) ExpectMsg(text);
    }

    [Fact]
    public void Events_that_belong_together_are_rejected_together()
    {
        var actor = Start<Recorder>("a");
        actor.Tell("*1,reject,2");

        ExpectMsg("ready 0");
        ExpectMsg("command *1,reject,2");
        ExpectMsg("rejected 1 1: not like this");
        ExpectMsg("rejected reject 2: not like this");
        ExpectMsg("rejected 2 3: not like this");
    }

    [Fact]
    public void An_event_that_cannot_be_applied_stops_the_actor_and_is_named()
    {
        var first = Start<Recorder>("a");
        first.Tell("!poison");
        foreach (var text in new[] { "ready 0", "command !poison", "stored poison" }) ExpectMsg(text);

        var again = StartAgain<Allergic>(first, "a");
        Watch(again);
        ExpectMsg("unrecovered poison: poisoned");
        ExpectTerminated(again);
    }

    [Fact]
    public void A_command_handler_that_throws_in_its_handler_restarts_the_actor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new FailsInHandler("a", TestActor)));
        actor.Tell("!1");
        actor.Tell("plain");

        foreach (var text in new[] { "ready 0", "command !1", "recovered 1", "ready 1", "command plain" })
            ExpectMsg(text);
    }

    private sealed class Allergic : UntypedPersistentActor
    {
        private readonly IActorRef _spec;

        public Allergic(string id, IActorRef spec)
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
            if (message is "poison") throw new InvalidOperationException("poisoned");
        }

        protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
            _spec.Tell($"unrecovered {message}: {reason.Message}");
    }

    private sealed class FailsInHandler(string id, IActorRef spec) : Recorder(id, spec)
    {
        protected override void Handle(string text)
        {
            Note($"command {text}");
            if (text == "!1") Persist("1", _ => throw new InvalidOperationException("in handler"));
        }
    }
}
