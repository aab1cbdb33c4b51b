using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Sql;
using Ciaos.Actors.Volumes;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Actors.Rebuild;

/// <summary>Writes the rows of a journal in transactions of bounded size.</summary>
/// <param name="checkpoints">Of the database; null where it makes its own.</param>
internal sealed class RebuiltJournal(JournalDatabase database, LogCheckpoints? checkpoints) : IDisposable
{
    private const int MaxBatchEvents = 1000;
    private const int MaxBatchBytes = 16 * 1024 * 1024;
    /// <summary>Stands in the rows that it wrote.</summary>
    public const string Writer = "ciaos-rebuild-index";

    private readonly JournalSession _session = new(database);
    private readonly List<JournalEvent> _batch = [];
    private long _batchBytes;

    public void Add(string persistenceId, long number, IIndexEvent message, EncodedEvent encoded) => Add(
        new JournalEvent(
            persistenceId, number, message.At.UtcTicks, encoded.Payload, IndexEventSerializer.Id, encoded.Manifest,
            Writer));

    public void Add(string persistenceId, long number, IVolumeEvent message, DateTimeOffset at) => Add(
        new JournalEvent(
            persistenceId, number, at.UtcTicks, VolumeEventSerializer.Encode(message), VolumeEventSerializer.Id,
            VolumeEventSerializer.ManifestOf(message), Writer));

    public void Flush()
    {
        if (_batch.Count == 0) return;
        _session.Begin();
        _session.Insert(_batch);
        _session.Commit();
        checkpoints?.AfterCommit(_session.Connection);
        _batch.Clear();
        _batchBytes = 0;
    }

    public void Dispose()
    {
        checkpoints?.Dispose();
        _session.Dispose();
    }

    private void Add(JournalEvent row)
    {
        _batch.Add(row);
        _batchBytes += row.Message.Length;
        if (_batch.Count >= MaxBatchEvents || _batchBytes >= MaxBatchBytes) Flush();
    }
}
