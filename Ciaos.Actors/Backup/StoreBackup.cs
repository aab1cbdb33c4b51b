using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Notifications;
using Ciaos.Actors.Rebuild;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Actors.Backup;

/// <summary>
/// Copies a store, also one whose node is running and written to, as it was at one moment: that at which the journal
/// is copied. The copy is a data folder like any other: a node is started on it, or on a copy of it.
/// </summary>
/// <remarks>
/// The order makes it right. What may lag behind the journal is copied before it: the positions of webhooks, then the
/// catalog. Volumes are copied after it, so that all that it speaks of is there: volumes are only appended to. What
/// they hold beyond that moment is left out from the first event on that the copied journal does not know: a needle of
/// such an event is written after the event is in the journal, so after everything that the copied journal refers to.
/// Were it left in, a node on the copy would give other events the same numbers, and a rebuild could not tell which
/// count.
/// <c>identity.log</c> is not copied: the next start writes it anew from the journal.
/// </remarks>
/// <param name="source">The node's data folder.</param>
/// <param name="target">An empty folder.</param>
/// <param name="previous">An earlier backup of the same store, of which sealed volumes are taken over.</param>
/// <param name="progress">Told often how far it is.</param>
public sealed class StoreBackup(
    IDisk source, IDisk target, BackupSettings settings, PreviousBackup? previous, Action<RebuildProgress> progress)
{
    /// <summary>What a node calls them in its data folder, unless it is told otherwise.</summary>
    public const string JournalFile = "journal.db";

    /// <inheritdoc cref="JournalFile"/>
    public const string CatalogFile = "catalog.db";

    private const string VolumesFolder = "volumes";

    private readonly BackupReport _report = new();

    /// <exception cref="BackupRefusedException">There is nothing to be copied, or it is kept where this cannot copy
    /// it.</exception>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    /// <exception cref="IOException">The target cannot be written.</exception>
    public BackupReport Run()
    {
        if (settings.Journal.Provider != JournalProvider.Sqlite
            || settings.Index.Catalog.Provider != CatalogProvider.Sqlite)
            throw new BackupRefusedException(
                "The journal or the catalog is kept in PostgreSQL, which this cannot copy at the same moment: stop the "
                + "node, then use pg_dump and copy the data folder");
        FollowedPositions.Copy(source, target);
        if (SqliteLocation.HasBytes(settings.Index.Catalog.Location))
            SqliteInspection.Copy(settings.Index.Catalog.Location, target, CatalogFile, settings.IsAlone);
        if (!SqliteLocation.HasBytes(settings.Journal.Location))
            throw new BackupRefusedException($"There is no journal in {source.Root}");
        SqliteInspection.Copy(settings.Journal.Location, target, JournalFile, settings.IsAlone);
        CopyVolumes();
        target.SyncFolder("");
        return _report;
    }

    private void CopyVolumes()
    {
        var copied = settings.Journal with { Location = Path.Combine(target.Root, JournalFile) };
        using var journal = new JournalInspection(copied, isAlone: true);
        journal.Require();
        _report.JournalPosition = journal.LastPosition();
        var known = VolumesOf(journal);
        target.CreateFolder(VolumesFolder);
        var copy = new VolumeCopy(
            new VolumeFolder(source, VolumesFolder), new VolumeFolder(target, VolumesFolder), LastEvents(journal),
            _report);
        var present = new HashSet<VolumeId>(new VolumeFolder(source, VolumesFolder).List());
        foreach (var (volume, said) in known)
        {
            if (present.Contains(volume)) Copy(copy, volume, isOpen: said is VolumeCreated);
            else if (said is not VolumeCreated)
                _report.Problems.Add($"Volume {volume.Value} is missing: the journal speaks of it");
            _report.Volumes++;
            progress(new RebuildProgress("Copying", _report.Volumes, known.Count, AreBytes: false, "volumes"));
        }

        target.SyncFolder(VolumesFolder);
    }

    private void Copy(VolumeCopy copy, VolumeId volume, bool isOpen)
    {
        if (isOpen) copy.CopyOpen(volume);
        else if (previous?.TryTake(volume) ?? false) copy.NoteTaken(volume);
        else copy.CopyEnded(volume);
    }

    // What is said last of a volume counts.
    private static SortedDictionary<VolumeId, IVolumeEvent> VolumesOf(JournalInspection journal)
    {
        var volumes = new SortedDictionary<VolumeId, IVolumeEvent>(
            Comparer<VolumeId>.Create((left, right) => left.Value.CompareTo(right.Value)));
        foreach (var entry in journal.After(0, int.MaxValue, "volumes"))
            if (!entry.IsDeleted && entry.Decode(out _) is IVolumeEvent said)
                volumes[said.Volume] = said;
        return volumes;
    }

    private Dictionary<long, long> LastEvents(JournalInspection journal)
    {
        var shards = journal.Find(ShardContext.PersistenceIdOf(0), 1)?.Decode(out _) is IndexEvents.IndexCreated created
            ? created.Shards
            : settings.Index.Shards;
        return Enumerable.Range(0, shards + 1).ToDictionary(
            stream => (long)stream,
            stream => journal.Last(1, ShardContext.PersistenceIdOf(stream)).FirstOrDefault()?.Row.SequenceNr ?? 0);
    }
}

/// <summary>What <see cref="StoreBackup"/> is told.</summary>
/// <param name="IsAlone">No node is running, and none will be started meanwhile.</param>
public sealed record BackupSettings(IndexSettings Index, JournalSettings Journal, bool IsAlone);

/// <summary>The backup was not made. Tells why.</summary>
public sealed class BackupRefusedException(string message) : Exception(message);

/// <summary>What was copied.</summary>
public sealed class BackupReport
{
    /// <summary>Position in the journal of the last event that the copy has.</summary>
    public long JournalPosition { get; set; }

    public long Volumes { get; set; }

    /// <summary>Of those, how many were not copied once more, since an earlier backup has them.</summary>
    public long VolumesTaken { get; set; }

    /// <summary>Bytes of volumes that were copied.</summary>
    public long VolumeBytes { get; set; }

    /// <summary>What could not be copied as it should be, in sentences; none: the copy is whole.</summary>
    public List<string> Problems { get; } = [];

    public double Seconds { get; set; }
}
