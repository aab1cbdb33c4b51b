using Akka.Actor;
using Akka.Event;
using Akka.Pattern;

namespace Akka.Persistence.Journal;

/// <summary>What to do about events that two writers stored under one persistence id.</summary>
public enum ReplayFilterMode
{
    /// <summary>Fail the replay.</summary>
    Fail,

    /// <summary>Replay them all the same, and log a warning.</summary>
    Warn,

    /// <summary>Drop those of the older writer, and log a warning.</summary>
    RepairByDiscardOld,

    /// <summary>Do not look.</summary>
    Disabled,
}

/// <summary>
/// Stands between a journal and a recovering actor for one replay. It holds back a window of events, and so notices
/// when an older writer stored events after a newer one had begun.
/// </summary>
public class ReplayFilter : ActorBase
{
    private readonly LinkedList<ReplayedMessage> _buffer = new();
    private readonly LinkedList<string> _oldWriters = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private string _writer = string.Empty;
    private long _sequenceNr = -1L;

    public ReplayFilter(
        IActorRef persistentActor, ReplayFilterMode mode, int windowSize, int maxOldWriters, bool debugEnabled)
    {
        PersistentActor = persistentActor;
        Mode = mode;
        WindowSize = windowSize;
        MaxOldWriters = maxOldWriters;
        DebugEnabled = debugEnabled;
    }

    public IActorRef PersistentActor { get; }

    public ReplayFilterMode Mode { get; }

    /// <summary>So many events are held back.</summary>
    public int WindowSize { get; }

    /// <summary>So many writers are remembered.</summary>
    public int MaxOldWriters { get; }

    public bool DebugEnabled { get; }

    public static Props Props(
        IActorRef persistentActor, ReplayFilterMode mode, int windowSize, int maxOldWriters, bool debugEnabled)
    {
        if (windowSize <= 0) throw new ArgumentNullException(nameof(windowSize), "windowSize must be > 0");
        if (maxOldWriters <= 0) throw new ArgumentNullException(nameof(maxOldWriters), "maxOldWriters must be > 0");
        if (mode == ReplayFilterMode.Disabled)
            throw new ArgumentNullException(nameof(mode), "mode must not be Disabled");
        return Actor.Props.Create(
            () => new ReplayFilter(persistentActor, mode, windowSize, maxOldWriters, debugEnabled));
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case ReplayedMessage replayed:
                if (DebugEnabled) _log.Debug("Replay: {0}", replayed.Persistent);
                if (!TryAccept(replayed, out var fault)) Fail(fault!);
                return true;
            case RecoverySuccess or ReplayMessagesFailure:
                if (DebugEnabled) _log.Debug("Replay completed: {0}", message);
                foreach (var held in _buffer) PersistentActor.Tell(held, ActorRefs.NoSender!);
                PersistentActor.Tell(message, ActorRefs.NoSender!);
                Context.Stop(Self);
                return true;
            default:
                return false;
        }
    }

    /// <returns>False, and what is wrong, if the replay has to fail.</returns>
    private bool TryAccept(ReplayedMessage replayed, out string? fault)
    {
        if (_buffer.Count == WindowSize)
        {
            PersistentActor.Tell(_buffer.First!.Value, ActorRefs.NoSender!);
            _buffer.RemoveFirst();
        }

        var e = replayed.Persistent;
        if (string.Equals(e.WriterGuid, _writer)) return TryAcceptFromSameWriter(replayed, out fault);
        if (!_oldWriters.Contains(e.WriterGuid)) return TryAcceptFromNewWriter(replayed, out fault);

        fault = $"Invalid replayed event [{Describe(e)}]. There was already a newer writer whose last replayed event "
            + $"was [sequenceNr={_sequenceNr}, writerUUID={_writer}] for the same persistenceId [{e.PersistenceId}]. "
            + "Perhaps, the old writer kept journaling messages after the new writer created, or duplicate "
            + "PersistentId for different entities?";
        return KeepOrDrop(replayed, fault);
    }

    private bool TryAcceptFromSameWriter(ReplayedMessage replayed, out string? fault)
    {
        var e = replayed.Persistent;
        if (e.SequenceNr >= _sequenceNr)
        {
            // Equal numbers are in order: an event adapter may make several events of one.
            fault = null;
            _sequenceNr = e.SequenceNr;
            _buffer.AddLast(replayed);
            return true;
        }

        fault = $"Invalid replayed event [{Describe(e)}] as the sequenceNr should be equal to or greater than "
            + $"already-processed event [sequenceNr={_sequenceNr}, writerUUID={_writer}] from the same writer, for the "
            + $"same persistenceId [{e.PersistenceId}]. Perhaps, events were journaled out of sequence, or duplicate "
            + "PersistentId for different entities?";
        return KeepOrDrop(replayed, fault);
    }

    private bool TryAcceptFromNewWriter(ReplayedMessage replayed, out string? fault)
    {
        fault = null;
        var e = replayed.Persistent;
        if (_writer.Length > 0) _oldWriters.AddLast(_writer);
        if (_oldWriters.Count > MaxOldWriters) _oldWriters.RemoveFirst();
        _writer = e.WriterGuid;
        _sequenceNr = e.SequenceNr;

        for (var node = _buffer.First; node is not null;)
        {
            var next = node.Next;
            var old = node.Value.Persistent;
            if (old.SequenceNr >= _sequenceNr)
            {
                fault = $"Invalid replayed event [{Describe(e)}] from a new writer. An older writer already sent an "
                    + $"event [{Describe(old)}] whose sequence number was equal or greater for the same persistenceId "
                    + $"[{e.PersistenceId}]. Perhaps, the new writer journaled the event out of sequence, or "
                    + "duplicate PersistentId for different entities?";
                Log(fault);
                if (Mode == ReplayFilterMode.Fail) return false;
                if (Mode == ReplayFilterMode.RepairByDiscardOld) _buffer.Remove(node);
            }

            node = next;
        }

        _buffer.AddLast(replayed);
        return true;
    }

    private bool KeepOrDrop(ReplayedMessage replayed, string fault)
    {
        Log(fault);
        if (Mode == ReplayFilterMode.Warn) _buffer.AddLast(replayed);
        return Mode != ReplayFilterMode.Fail;
    }

    private void Log(string fault)
    {
        if (Mode == ReplayFilterMode.Fail) _log.Error(fault);
        else _log.Warning(fault);
    }

    private void Fail(string fault)
    {
        _buffer.Clear();
        PersistentActor.Tell(new ReplayMessagesFailure(new IllegalStateException(fault)), ActorRefs.NoSender!);
        Become(message =>
        {
            if (message is RecoverySuccess or ReplayMessagesFailure) Context.Stop(Self);
            return message is ReplayedMessage or RecoverySuccess or ReplayMessagesFailure;
        });
    }

    private static string Describe(IPersistentRepresentation e) =>
        $"sequenceNr={e.SequenceNr}, writerUUID={e.WriterGuid}";
}
