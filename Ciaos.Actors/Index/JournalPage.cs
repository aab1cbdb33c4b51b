using Akka.Actor;
using Akka.Persistence;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Index;

// Reads a few events of its parent's journal, through the persistence API and so from whatever plug-in it is kept in,
// tells its parent, and stops. It owns nothing. When the journal fails or does not answer, it says so: its parent asks
// anew later.
internal sealed class JournalPage : ReceiveActor
{
    private const int MaxEvents = 100;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private readonly List<IIndexEvent> _events = [];
    private readonly string _persistenceId;
    private readonly string _journalPlugin;
    private readonly long _from;
    private readonly long _to;
    private long _first;

    public JournalPage(string persistenceId, string journalPlugin, long from, long to)
    {
        (_persistenceId, _journalPlugin, _from, _to) = (persistenceId, journalPlugin, from, to);
        Receive<ReplayedMessage>(message => Add(message.Persistent));
        Receive<RecoverySuccess>(_ => Finish(new Found(_from, _first, _events)));
        Receive<ReplayMessagesFailure>(failure => Finish(new NotFound(failure.Cause.Message)));
        Receive<ReceiveTimeout>(_ => Finish(new NotFound("the journal does not answer")));
    }

    /// <summary>Events, in order and without a gap between them.</summary>
    /// <param name="From">The number that was asked for.</param>
    /// <param name="First">The number of the first; higher where earlier ones are gone from the journal.</param>
    public sealed record Found(long From, long First, IReadOnlyList<IIndexEvent> Events);

    public sealed record NotFound(string Detail);

    public static Props Props(string persistenceId, string journalPlugin, long from, long to) =>
        Akka.Actor.Props.Create(() => new JournalPage(persistenceId, journalPlugin, from, to));

    protected override void PreStart()
    {
        SetReceiveTimeout(Timeout);
        var journal = Persistence.Instance.Apply(Context.System).JournalFor(_journalPlugin);
        journal.Tell(new ReplayMessages(_from, _to, MaxEvents, _persistenceId, Self), Self);
    }

    private void Add(IPersistentRepresentation stored)
    {
        if (_events.Count == 0) _first = stored.SequenceNr;
        if (stored.Payload is IIndexEvent message && stored.SequenceNr == _first + _events.Count) _events.Add(message);
    }

    private void Finish(object outcome)
    {
        Context.Parent.Tell(outcome);
        Context.Stop(Self);
    }
}
