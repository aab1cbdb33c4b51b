using Akka.Configuration;
using Akka.Dispatch;
using Akka.Persistence;
using Akka.Persistence.Snapshot;

namespace Ciaos.Actors.Journal;

/// <summary>
/// The snapshot store plug-in, beside the journal in the same database. Chosen by
/// <c>akka.persistence.snapshot-store.plugin = "ciaos.snapshot-store"</c>. It never blocks; reads run on the
/// replay-dispatcher.
/// </summary>
public sealed class SqlSnapshotStore : SnapshotStore
{
    private readonly JournalStore _store;
    private readonly PayloadCodec _codec;
    private readonly MessageDispatcher _replayDispatcher;

    /// <param name="config">The section that the plug-in's configuration path names.</param>
    public SqlSnapshotStore(Config config)
    {
        var system = Context.System;
        var section = WithJournalsSettings(config, system.Settings.Config);
        _store = JournalStores.Get(system).Open(JournalSettings.From(section));
        _codec = new PayloadCodec(system.Serialization);
        _replayDispatcher = system.Dispatchers.Lookup(SqlJournal.ReplayDispatcherOf(section));
    }

    protected override Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        _replayDispatcher.Run(() =>
        {
            var found = _store.Reader.YoungestSnapshot(persistenceId, RangeOf(criteria));
            return found is null ? null : Restore(found);
        });

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot)
    {
        var (bytes, serializerId, manifest) = _codec.Write(snapshot);
        return _store.Writer.Save(new JournalSnapshot(
            metadata.PersistenceId, metadata.SequenceNr, metadata.Timestamp.Ticks, bytes, serializerId, manifest));
    }

    protected override Task DeleteAsync(SnapshotMetadata metadata)
    {
        var anyTime = metadata.Timestamp == DateTime.MinValue;
        var ticks = metadata.Timestamp.Ticks;
        return _store.Writer.DeleteSnapshots(metadata.PersistenceId, new SnapshotRange(
            metadata.SequenceNr, metadata.SequenceNr, anyTime ? 0 : ticks, anyTime ? long.MaxValue : ticks));
    }

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        _store.Writer.DeleteSnapshots(persistenceId, RangeOf(criteria));

    protected override void PostStop()
    {
        _store.Dispose();
        base.PostStop();
    }

    private static Config WithJournalsSettings(Config section, Config all) =>
        all.HasPath("ciaos.journal") ? section.WithFallback(all.GetConfig("ciaos.journal")) : section;

    private static SnapshotRange RangeOf(SnapshotSelectionCriteria criteria) => new(
        criteria.MinSequenceNr,
        criteria.MaxSequenceNr,
        criteria.MinTimestamp?.Ticks ?? 0,
        criteria.MaxTimeStamp.Ticks);

    private SelectedSnapshot Restore(JournalSnapshot found) => new(
        new SnapshotMetadata(
            found.PersistenceId, found.SequenceNr, new DateTime(found.CreatedTicks, DateTimeKind.Utc)),
        _codec.Read(found.Payload, found.SerializerId, found.Manifest));
}
