using System.Data.Common;
using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Rebuild;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Actors.Check;

/// <summary>
/// Checks a whole store whose node does not run, and changes nothing of it: <c>ciaos fsck</c>, and the simulation of
/// it. docs/check.md tells what is checked, and what each finding means.
/// </summary>
/// <remarks>
/// Volumes are read once, then the journal. Both go into a database of notes, and a catalog is made anew from the
/// journal; from then on rows are compared in order. So memory does not grow with what the store holds.
/// </remarks>
public sealed class StoreCheck
{
    private readonly IDisk _disk;
    private readonly VolumeFolder _folder;
    private readonly CheckSettings _settings;
    private readonly TimeProvider _time;
    private readonly Action<RebuildProgress> _progress;
    private readonly CheckReport _report;

    private StoreCheck(IDisk disk, CheckSettings settings, TimeProvider time, Action<RebuildProgress> progress)
    {
        (_disk, _settings, _time, _progress) = (disk, settings, time, progress);
        _folder = new VolumeFolder(disk, "volumes");
        _report = new CheckReport { IsQuick = settings.IsQuick };
    }

    /// <param name="disk">The node's data folder; no node may be using it.</param>
    /// <param name="progress">Told often how far it is.</param>
    /// <exception cref="CheckRefusedException">There is no store.</exception>
    /// <exception cref="IOException">The disk failed, other than in reading a volume.</exception>
    /// <exception cref="DbException">The notes could not be written.</exception>
    public static CheckReport Run(
        IDisk disk, CheckSettings settings, TimeProvider time, Action<RebuildProgress> progress)
    {
        var check = new StoreCheck(disk, settings, time, progress);
        var started = time.GetTimestamp();
        check.Run();
        check._report.Seconds = time.GetElapsedTime(started).TotalSeconds;
        return check._report;
    }

    private void Run()
    {
        using var journal = new JournalInspection(_settings.Journal, isAlone: true);
        var objection = ObjectionTo(journal);
        if (objection is not null && _folder.List().Count == 0)
            throw new CheckRefusedException(
                $"There is no store in {_disk.Root}: no volume, and no journal. {objection}");
        using var scratch = new Scratch(_disk, _settings.Scratch);
        var notes = new CheckNotes(scratch);
        var volumes = new VolumesCheck(_folder, scratch, _settings, _report, _progress);
        volumes.Scan();
        if (objection is not null || !TryReplay(journal, notes, volumes))
        {
            if (objection is not null) _report.Add(new CheckProblem(CheckProblemKind.JournalUnreadable, objection));
            _report.Note("Without the journal neither the catalog nor the objects can be checked");
            volumes.Compare(journal: null, new HashSet<long>());
        }
    }

    private static string? ObjectionTo(JournalInspection journal)
    {
        try
        {
            journal.Require();
            return null;
        }
        catch (JournalException failure)
        {
            return failure.Message;
        }
    }

    private bool TryReplay(JournalInspection journal, CheckNotes notes, VolumesCheck volumes)
    {
        try
        {
            foreach (var damage in journal.FileDamage(_settings.IsQuick))
                _report.Add(new CheckProblem(CheckProblemKind.JournalDamaged, $"The {journal.Name}: {damage}"));
            Replay(journal, notes, volumes);
            return true;
        }
        catch (JournalException failure)
        {
            _report.Add(new CheckProblem(CheckProblemKind.JournalUnreadable, failure.Message));
            return false;
        }
    }

    private void Replay(JournalInspection journal, CheckNotes notes, VolumesCheck volumes)
    {
        var shards = journal.Find(ShardContext.PersistenceIdOf(0), 1)?.Decode(out _) is IndexCreated created
            ? created.Shards
            : _settings.Index.Shards;
        using var catalog = new ScratchCatalog(
            _disk, SqliteLocation.Sibling(_settings.Scratch, "-catalog"), _settings.Index, shards, _time);
        var real = new CatalogInspection(_settings.Index.Catalog);
        var replay = new JournalCheck(journal, notes, catalog, shards, _report, _progress);
        var (applied, recorded) = ReadProgress(real);
        replay.Run(
            name => applied is null ? long.MaxValue : applied.GetValueOrDefault(name),
            name => recorded.GetValueOrDefault(name));
        if (applied is not null) Compare(real, applied, catalog, notes, replay, shards);
        replay.Finish();
        var segments = new SegmentsCheck(catalog, notes, volumes, _report, _progress);
        segments.Run();
        segments.AddUp();
        volumes.Compare(replay.Volumes, segments.Needed);
        if (_report.UnrecordedEvents > 0)
            _report.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"{_report.UnrecordedEvents} events are not in volumes yet: they are written at the next start"));
    }

    /// <returns>What the catalog has applied, and what it knows to be in volumes; null where there is none.</returns>
    private (IReadOnlyDictionary<string, long>? Applied, IReadOnlyDictionary<string, long> Recorded) ReadProgress(
        CatalogInspection real)
    {
        var none = new Dictionary<string, long>(StringComparer.Ordinal);
        try
        {
            if (!real.IsThere())
            {
                _report.Note($"There is no {real.Name}: it is made anew from the journal at the next start");
                return (null, none);
            }

            if (real.IsOfOlderFormat())
            {
                _report.Note(
                    $"The {real.Name} is of an older version: it is made anew from the journal at the next start");
                return (null, real.Numbers("SELECT persistence_id, recorded_sequence FROM recorded"));
            }

            foreach (var damage in real.FileDamage(_settings.IsQuick))
                _report.Add(new CheckProblem(CheckProblemKind.CatalogDamaged, $"The {real.Name}: {damage}"));
            return (
                real.Numbers("SELECT persistence_id, applied_sequence FROM progress"),
                real.Numbers("SELECT persistence_id, recorded_sequence FROM recorded"));
        }
        catch (DbException failure)
        {
            AddUnreadable(real, failure);
            return (null, none);
        }
    }

    private void Compare(
        CatalogInspection real, IReadOnlyDictionary<string, long> applied, ScratchCatalog catalog, CheckNotes notes,
        JournalCheck replay, int shards)
    {
        var streams = replay.Streams.ToDictionary(stream => stream.Name, StringComparer.Ordinal);
        var behind = replay.Streams.Sum(stream => stream.IsInCatalog
            ? Math.Max(0, stream.Last - applied.GetValueOrDefault(stream.Name))
            : 0);
        if (behind > 0)
            _report.Note(FormattableString.Invariant(
                $"The catalog has not applied the last {behind} events: it does at the next start"));
        foreach (var (name, number) in applied)
            if (number > (streams.GetValueOrDefault(name)?.Last ?? 0))
                _report.Add(new CheckProblem(
                    CheckProblemKind.CatalogAhead,
                    FormattableString.Invariant(
                        $"{name}: the catalog has applied event {number}, the journal ends with {LastOf(name)}"),
                    Stream: name, Number: number));
        try
        {
            new CatalogCheck(real, catalog, notes, shards, IsSound, _report, _progress).Run();
        }
        catch (DbException failure)
        {
            AddUnreadable(real, failure);
        }

        long LastOf(string name) => streams.GetValueOrDefault(name)?.Last ?? 0;

        bool IsSound(int shard)
        {
            var stream = streams[ShardContext.PersistenceIdOf(shard + 1)];
            return stream.IsSound && applied.GetValueOrDefault(stream.Name) <= stream.Last;
        }
    }

    private void AddUnreadable(CatalogInspection real, DbException failure) =>
        _report.Add(new CheckProblem(
            CheckProblemKind.CatalogUnreadable, $"The {real.Name} cannot be read: {failure.Message}"));
}
