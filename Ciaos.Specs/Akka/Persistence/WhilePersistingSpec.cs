using Akka.Actor;
using Akka.Persistence;
using Xunit;

namespace Ciaos.Specs.Akka.Persistence;

/// <summary>What the engine sends to an actor waits, like any command, while it recovers or persists.</summary>
public sealed class WhilePersistingSpec : PersistenceSpecBase
{
    private readonly TaskCompletionSource _gate = new();

    public WhilePersistingSpec()
        : base(
            $$"""
            akka.persistence.journal.plugin = "gated"
            gated {
              class = "{{typeof(GatedJournal).AssemblyQualifiedName}}"
              plugin-dispatcher = "akka.actor.default-dispatcher"
            }
            """)
    {
    }

    [Fact]
    public void The_end_of_a_watched_actor_is_told_after_the_handler()
    {
        var watched = Sys.ActorOf(Props.Create(() => new Idle()));
        var actor = Sys.ActorOf(Props.Create(() => new Busy("a", TestActor)));
        actor.Tell(watched);
        ExpectMsg("watching");
        actor.Tell(new Store(_gate));
        Sys.Stop(watched);
        Watch(watched);
        ExpectTerminated(watched);
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        _gate.SetResult();

        ExpectMsg("stored");
        ExpectMsg("terminated");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_timer_is_told_after_the_handler()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Busy("a", TestActor)));
        actor.Tell("start a timer");
        actor.Tell(new Store(_gate));
        ExpectNoMsg(TimeSpan.FromMilliseconds(100));
        _gate.SetResult();

        ExpectMsg("stored");
        ExpectMsg("tick");
        ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_PoisonPill_is_taken_after_the_handler()
    {
        var actor = Watch(Sys.ActorOf(Props.Create(() => new Busy("a", TestActor))));
        actor.Tell(new Store(_gate));
        _gate.SetResult();
        ExpectMsg("stored");
        actor.Tell(PoisonPill.Instance);

        ExpectTerminated(actor);
    }

    /// <summary>Stores an event when the gate that comes with it opens.</summary>
    public sealed class GatedJournal : global::Akka.Persistence.Journal.MemoryJournal
    {
        protected override async Task<System.Collections.Immutable.IImmutableList<Exception?>?> WriteMessagesAsync(
            IEnumerable<AtomicWrite> messages)
        {
            var writes = messages.ToArray();
            foreach (var e in (IEnumerable<IPersistentRepresentation>)writes[0].Payload)
                await ((Store)e.Payload).Gate.Task;
            return await base.WriteMessagesAsync(writes);
        }
    }

    private sealed record Store(TaskCompletionSource Gate);

    private sealed class Idle : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    private sealed class Busy : ReceivePersistentActor, IWithTimers
    {
        public Busy(string id, IActorRef spec)
        {
            PersistenceId = id;
            Command<Store>(store => Persist(store, _ => spec.Tell("stored")));
            Command<IActorRef>(other =>
            {
                Context.Watch(other);
                spec.Tell("watching");
            });
            Command<Terminated>(_ => spec.Tell("terminated"));
            Command<string>(_ => spec.Tell("tick"), text => text == "tick");
            Command<string>(_ => Timers.StartSingleTimer("t", "tick", TimeSpan.FromMilliseconds(20)));
        }

        public override string PersistenceId { get; }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
