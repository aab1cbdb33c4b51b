using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace Ciaos.Actors.Journal;

/// <summary>
/// The journal plug-in. Chosen by <c>akka.persistence.journal.plugin = "ciaos.journal"</c>; its settings are in
/// hocon/reference.conf.
/// <para>
/// It owns no file: it serialises events and hands them to the <see cref="JournalWriter"/> of its database, which it
/// shares with the snapshot store. It never blocks, so that it may run on the default dispatcher; reads run on the
/// replay-dispatcher. A write that fails stops the persistent actor that asked for it; the journal itself goes on, on
/// a new connection.
/// </para>
/// </summary>
public sealed class SqlJournal : AsyncWriteJournal
{
    private readonly JournalStore _store;
    private readonly PayloadCodec _codec;
    private readonly MessageDispatcher _replayDispatcher;
    private readonly IScheduler _clock;

    /// <param name="config">The section that the plug-in's configuration path names.</param>
    public SqlJournal(Config config)
    {
        var system = Context.System;
        _store = JournalStores.Get(system).Open(JournalSettings.From(config));
        _codec = new PayloadCodec(system.Serialization);
        _clock = system.Scheduler;
        _replayDispatcher = system.Dispatchers.Lookup(ReplayDispatcherOf(config));
    }

    /// <summary>Only what cannot be serialised is rejected; whatever the database refuses fails the request.</summary>
    protected override async Task<IImmutableList<Exception?>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var createdTicks = _clock.Now.UtcTicks;
        var writes = messages as IReadOnlyCollection<AtomicWrite> ?? messages.ToArray();
        var events = new List<JournalEvent>(writes.Sum(w => w.Size));
        Exception?[]? rejections = null;
        var next = 0;
        foreach (var write in writes)
        {
            if (AddUnlessUnserialisable(write, createdTicks, events) is { } cause)
                (rejections ??= new Exception?[writes.Count])[next] = cause;
            next++;
        }

        if (events.Count > 0) await _store.Writer.Append(events).ConfigureAwait(false);
        return rejections is null ? null : ImmutableArray.Create(rejections);
    }

    /// <summary>
    /// Waits for writes that are under way: one of them may be of an earlier incarnation of the very actor that asks.
    /// </summary>
    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr)
    {
        await _store.Writer.Drained().ConfigureAwait(false);
        return await Read(() => _store.Reader.HighestSequenceNr(persistenceId)).ConfigureAwait(false);
    }

    public override Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback) => Read(() =>
        {
            foreach (var e in _store.Reader.Events(persistenceId, fromSequenceNr, toSequenceNr, max))
                recoveryCallback(Restore(e));
            return true;
        });

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr) =>
        _store.Writer.DeleteTo(persistenceId, toSequenceNr);

    protected override void PostStop()
    {
        _store.Dispose();
        base.PostStop();
    }

    internal static string ReplayDispatcherOf(Config config) =>
        config.GetString("replay-dispatcher", "akka.persistence.dispatchers.default-replay-dispatcher");

    private Exception? AddUnlessUnserialisable(AtomicWrite write, long createdTicks, List<JournalEvent> events)
    {
        var before = events.Count;
        try
        {
            foreach (var e in (IEnumerable<IPersistentRepresentation>)write.Payload)
                events.Add(ToRow(e, createdTicks));
            return null;
        }
        catch (Exception cause)
        {
            events.RemoveRange(before, events.Count - before);
            return cause;
        }
    }

    private JournalEvent ToRow(IPersistentRepresentation e, long createdTicks)
    {
        var tagged = e.Payload as Tagged?;
        var (bytes, serializerId, manifest) = _codec.Write(tagged?.Payload ?? e.Payload);
        return new JournalEvent(
            e.PersistenceId,
            e.SequenceNr,
            e.Timestamp == 0 ? createdTicks : e.Timestamp,
            bytes,
            serializerId,
            manifest,
            e.WriterGuid,
            string.IsNullOrEmpty(e.Manifest) ? null : e.Manifest,
            tagged?.Tags);
    }

    private Persistent Restore(JournalEvent e) => new(
        _codec.Read(e.Message, e.SerializerId, e.Manifest),
        e.SequenceNr,
        e.PersistenceId,
        e.EventManifest ?? e.Manifest,
        isDeleted: false,
        ActorRefs.NoSender,
        e.WriterUuid,
        e.CreatedTicks);

    private Task<T> Read<T>(Func<T> body) => _replayDispatcher.Run(body);
}
