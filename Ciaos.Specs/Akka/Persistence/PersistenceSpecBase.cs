using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.TestKit.Xunit2;

namespace Ciaos.Specs.Akka.Persistence;

/// <summary>A system whose events and snapshots live in memory, until the spec ends.</summary>
public abstract class PersistenceSpecBase : TestKit
{
    private const string InMemory =
        """
        akka.loglevel = WARNING
        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
        """;

    protected PersistenceSpecBase(string config = "")
        : base(InMemory + "\n" + config)
    {
    }

    /// <summary>Uses the journal below, which does what an event's text tells it.</summary>
    protected static string MoodyJournalConfig =>
        $$"""
        akka.persistence.journal.plugin = "moody"
        moody {
          class = "{{typeof(MoodyJournal).AssemblyQualifiedName}}"
          plugin-dispatcher = "akka.actor.default-dispatcher"
        }
        """;

    protected IActorRef Start<T>(string id)
        where T : ActorBase => Sys.ActorOf(Props.Create(typeof(T), id, TestActor));

    /// <summary>Starts another incarnation once the first is gone.</summary>
    protected IActorRef StartAgain<T>(IActorRef first, string id)
        where T : ActorBase
    {
        Watch(first);
        Sys.Stop(first);
        ExpectTerminated(first);
        return Start<T>(id);
    }
}

/// <summary>Fails, rejects or delays the events that say so.</summary>
public sealed class MoodyJournal : MemoryJournal
{
    protected override async Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var writes = messages.ToArray();
        var events = writes.SelectMany(w => (IEnumerable<IPersistentRepresentation>)w.Payload).ToArray();
        if (events.Any(e => Equals(e.Payload, "fail"))) throw new IOException("no such disk");
        var rejections = writes.Select(w => IsRejected(w) ? new FormatException("not like this") : null).ToArray();
        var stored = writes.Where(w => !IsRejected(w)).ToArray();
        if (stored.Length > 0) await base.WriteMessagesAsync(stored);
        return ImmutableArray.Create<Exception?>(rejections);
    }

    private static bool IsRejected(AtomicWrite write) =>
        ((IEnumerable<IPersistentRepresentation>)write.Payload).Any(e => Equals(e.Payload, "reject"));
}

/// <summary>
/// Tells the spec what happens to it: "recovered x", "ready n" (after recovery; n is the last sequence number),
/// "command x", "stored x". Commands are texts: those that begin with a sign are persisted in the way that the sign
/// says.
/// </summary>
public class Recorder : ReceivePersistentActor
{
    private readonly IActorRef _spec;

    public Recorder(string id, IActorRef spec)
    {
        PersistenceId = id;
        _spec = spec;
        Recover<SnapshotOffer>(offer => Note($"offered {offer.Snapshot}"));
        Recover<RecoveryCompleted>(_ => Note($"ready {LastSequenceNr}"));
        Recover<string>(text => Note($"recovered {text}"));
        Command<string>(text => Handle(text));
        CommandAny(other => _spec.Tell(other));
    }

    public override string PersistenceId { get; }

    protected void Note(string what) => _spec.Tell(what);

    protected virtual void Handle(string text)
    {
        Note($"command {text}");
        var rest = text.Length > 0 ? text[1..] : text;
        switch (text[..Math.Min(1, text.Length)])
        {
            case "!":
                Persist(rest, stored => Note($"stored {stored}"));
                break;
            case "~":
                PersistAsync(rest, stored => Note($"stored {stored}"));
                break;
            case "*":
                PersistAll(rest.Split(','), stored => Note($"stored {stored}"));
                break;
            case "=":
                PersistAllAsync(rest.Split(','), stored => Note($"stored {stored}"));
                break;
            case "?":
                DeferAsync(rest, deferred => Note($"deferred {deferred}"));
                break;
            case "@":
                SaveSnapshot(rest);
                break;
            case "#":
                throw new InvalidOperationException(rest);
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) =>
        Note($"failed {@event} {sequenceNr}: {cause.Message}");

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Note($"rejected {@event} {sequenceNr}: {cause.Message}");

    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        Note($"unrecovered {message}: {reason.Message}");
}
