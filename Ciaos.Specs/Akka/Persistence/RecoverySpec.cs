using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Xunit;

namespace Ciaos.Specs.Akka.Persistence;

public sealed class RecoverySpec : PersistenceSpecBase
{
    public RecoverySpec()
        : base(
            $$"""
            akka.persistence.max-concurrent-recoveries = 1
            silent {
              class = "{{typeof(SilentJournal).AssemblyQualifiedName}}"
              plugin-dispatcher = "akka.actor.default-dispatcher"
              recovery-event-timeout = 100ms
            }
            """)
    {
    }

    [Fact]
    public void Without_recovery_numbers_go_on_all_the_same()
    {
        var actor = Start<Recorder>("a");
        actor.Tell("*1,2");
        foreach (var text in new[] { "ready 0", "command *1,2", "stored 1", "stored 2" }) ExpectMsg(text);

        var forgetful = StartAgain<Forgetful>(actor, "a");
        ExpectMsg("ready 2");
        forgetful.Tell("!3");
        foreach (var text in new[] { "command !3", "stored 3" }) ExpectMsg(text);

        StartAgain<Recorder>(forgetful, "a");
        foreach (var text in new[] { "recovered 1", "recovered 2", "recovered 3", "ready 3" }) ExpectMsg(text);
    }

    [Fact]
    public void Recovery_may_end_at_an_earlier_event()
    {
        var actor = Start<Recorder>("a");
        actor.Tell("*1,2,3");
        foreach (var text in new[] { "ready 0", "command *1,2,3", "stored 1", "stored 2", "stored 3" }) ExpectMsg(text);

        StartAgain<OnlyTwo>(actor, "a");
        foreach (var text in new[] { "recovered 1", "recovered 2", "ready 3" }) ExpectMsg(text);
    }

    [Fact]
    public void A_journal_that_does_not_answer_fails_the_recovery()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Unanswered("a", TestActor)));
        Watch(actor);

        Assert.StartsWith("unrecovered : Recovery timed out", ExpectMsg<string>());
        ExpectTerminated(actor);
    }

    [Fact]
    public void Actors_recover_one_after_another_if_there_is_one_permit()
    {
        var slow = Sys.ActorOf(Props.Create(() => new HoldsItsPermit("slow", TestActor)));
        slow.Tell("event");
        ExpectMsg("stored");
        Watch(slow);
        Sys.Stop(slow);
        ExpectTerminated(slow);

        var gate = new ManualResetEventSlim();
        Sys.ActorOf(Props.Create(() => new HoldsItsPermit("slow", TestActor, gate)));
        ExpectMsg("replaying");
        Start<Recorder>("b");
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        gate.Set();
        ExpectMsg("ready 0");
    }

    [Fact]
    public void An_actor_that_stops_while_it_recovers_gives_its_permit_back()
    {
        var stuck = Sys.ActorOf(Props.Create(() => new Unanswered("stuck", TestActor)));
        Sys.Stop(stuck);
        Start<Recorder>("b");

        FishForMessage(message => message is "ready 0");
    }

    private sealed class Forgetful(string id, IActorRef spec) : Recorder(id, spec)
    {
        public override Recovery Recovery => Recovery.None;
    }

    private sealed class OnlyTwo(string id, IActorRef spec) : Recorder(id, spec)
    {
        public override Recovery Recovery => new(toSequenceNr: 2);
    }

    private sealed class Unanswered : Recorder
    {
        public Unanswered(string id, IActorRef spec)
            : base(id, spec) => JournalPluginId = "silent";
    }

    private sealed class HoldsItsPermit : UntypedPersistentActor
    {
        private readonly IActorRef _spec;
        private readonly ManualResetEventSlim? _gate;

        public HoldsItsPermit(string id, IActorRef spec, ManualResetEventSlim? gate = null)
        {
            PersistenceId = id;
            _spec = spec;
            _gate = gate;
        }

        public override string PersistenceId { get; }

        protected override void OnCommand(object message) => Persist(message, _ => _spec.Tell("stored"));

        protected override void OnRecover(object message)
        {
            if (message is not string) return;
            _spec.Tell("replaying");
            _gate?.Wait(TimeSpan.FromSeconds(20));
        }
    }

    /// <summary>Takes every request, and answers none.</summary>
    public sealed class SilentJournal : AsyncWriteJournal
    {
        public override Task ReplayMessagesAsync(
            IActorContext context,
            string persistenceId,
            long fromSequenceNr,
            long toSequenceNr,
            long max,
            Action<IPersistentRepresentation> recoveryCallback) => Never<bool>();

        public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr) =>
            Never<long>();

        protected override Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages) =>
            Never<IImmutableList<Exception?>?>();

        protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr) => Never<bool>();

        private static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;
    }
}
