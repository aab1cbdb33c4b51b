using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace Ciaos.Specs.Akka.Persistence;

public sealed class ReceivePersistentActorSpec : PersistenceSpecBase
{
    [Fact]
    public void The_first_handler_whose_type_and_condition_fit_takes_the_message()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Sorter("a", TestActor)));
        foreach (var message in new object[] { 7, 700, "text", 2.5, 'c' }) actor.Tell(message);

        foreach (var text in new[] { "small 7", "int 700", "text text", "other 2.5", "other c" }) ExpectMsg(text);
    }

    [Fact]
    public void A_new_behaviour_has_its_own_commands_and_the_old_recovery()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switch("a", TestActor)));
        foreach (var message in new[] { "x", "on", "x", "off", "x" }) actor.Tell(message);

        foreach (var text in new[] { "off x", "on x", "off x" }) ExpectMsg(text);
    }

    [Fact]
    public void A_message_without_a_handler_is_unhandled()
    {
        var unhandled = CreateTestProbe();
        Sys.EventStream.Subscribe(unhandled.Ref, typeof(global::Akka.Event.UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create(() => new Switch("a", TestActor)));
        actor.Tell(5);

        Assert.Equal(5, unhandled.ExpectMsg<global::Akka.Event.UnhandledMessage>().Message);
    }

    [Fact]
    public void An_asynchronous_command_is_finished_before_the_next_one_and_may_persist()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Patient("a", TestActor)));
        actor.Tell("1");
        actor.Tell("2");

        foreach (var text in new[] { "before 1", "after 1", "stored 1", "before 2", "after 2", "stored 2" })
            ExpectMsg(text);
    }

    [Fact]
    public void Handlers_cannot_be_declared_later()
    {
        var actor = Sys.ActorOf(Props.Create(() => new DeclaresLate("a", TestActor)));
        actor.Tell("now");

        ExpectMsg<InvalidOperationException>();
    }

    private sealed class Sorter : ReceivePersistentActor
    {
        public Sorter(string id, IActorRef spec)
        {
            PersistenceId = id;
            Command<int>(n => spec.Tell($"small {n}"), n => n < 10);
            Command(typeof(int), n => spec.Tell($"int {n}"));
            Command<string>(text =>
            {
                spec.Tell($"text {text}");
                return true;
            });
            CommandAny(other => spec.Tell(FormattableString.Invariant($"other {other}")));
            Assert.Throws<InvalidOperationException>(() => Command<long>(_ => { }));
        }

        public override string PersistenceId { get; }
    }

    private sealed class Switch : ReceivePersistentActor
    {
        private readonly IActorRef _spec;

        public Switch(string id, IActorRef spec)
        {
            PersistenceId = id;
            _spec = spec;
            Command<string>(_ => Become(On), text => text == "on");
            Command<string>(text => spec.Tell($"off {text}"));
        }

        public override string PersistenceId { get; }

        private void On()
        {
            Command<string>(_ => Become(Off), text => text == "off");
            Command<string>(text => _spec.Tell($"on {text}"));
        }

        private void Off() => Command<string>(text => _spec.Tell($"off {text}"));
    }

    private sealed class Patient : ReceivePersistentActor
    {
        public Patient(string id, IActorRef spec)
        {
            PersistenceId = id;
            CommandAsync<string>(async text =>
            {
                spec.Tell($"before {text}");
                await Task.Yield();
                Persist(text, stored => spec.Tell($"stored {stored}"));
                await Task.Delay(5);
                spec.Tell($"after {text}");
            });
        }

        public override string PersistenceId { get; }
    }

    private sealed class DeclaresLate : ReceivePersistentActor
    {
        public DeclaresLate(string id, IActorRef spec)
        {
            PersistenceId = id;
            Command<string>(_ => spec.Tell(Assert.Throws<InvalidOperationException>(() => Command<int>(_ => { }))));
        }

        public override string PersistenceId { get; }
    }
}
