using System.Globalization;
using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Rebuild;

/// <summary>
/// Makes journal and catalog anew from the volumes alone: <c>ciaos rebuild-index</c>, and the simulation of it. The
/// node must not be running. docs/recovery.md tells what can be brought back, and what not.
/// </summary>
/// <remarks>
/// Both databases are made under other names and get theirs when they are whole and durable, the journal first: after a
/// crash there is either no journal, and the rebuild can be run again, or the whole one, out of which a node makes the
/// catalog by itself.
/// </remarks>
public sealed class IndexRebuild(
    VolumeFolder folder, RebuildSettings settings, TimeProvider time, Action<RebuildProgress> progress)
{
    private const int InspectedEvents = 1000;
    private const int MaxListedMissing = 10_000;

    private readonly RebuildReport _report = new();
    private string? _failedCheckpoint;
    private readonly RebuildTarget _journal = TargetOf(
        folder, settings.Journal.Provider == JournalProvider.Postgres, settings.Journal.Location, "journal",
        "journal", "tags", "journal_metadata", "snapshot");
    private readonly RebuildTarget _catalog = TargetOf(
        folder, settings.Index.Catalog.Provider == CatalogProvider.Postgres, settings.Index.Catalog.Location, "catalog",
        [.. CatalogSchema.AllTables]);

    /// <exception cref="RebuildRefusedException">There is something in the way, or nothing to begin with.</exception>
    /// <exception cref="IOException">Reading or writing failed; running it again begins anew.</exception>
    /// <exception cref="System.Data.Common.DbException">The same of a database.</exception>
    public RebuildReport Run()
    {
        var started = time.GetTimestamp();
        if (folder.List().Count == 0)
            throw new RebuildRefusedException(
                $"There is no volume in {folder.Disk.Root}/{folder.Path}: nothing to rebuild from");
        foreach (var target in new[] { _journal, _catalog }) RefuseIfThere(target);
        using (var scratch = new Scratch(folder.Disk, settings.Scratch)) Make(scratch);
        Publish();
        _report.Seconds = time.GetElapsedTime(started).TotalSeconds;
        return _report;
    }

    private static RebuildTarget TargetOf(
        VolumeFolder folder, bool isPostgres, string location, string use, params string[] tables) =>
        isPostgres ? new PostgresTarget(location, use, tables) : new SqliteTarget(folder.Disk, location);

    private void RefuseIfThere(RebuildTarget target)
    {
        if (!settings.Force && target.IsThere())
            throw new RebuildRefusedException(
                $"There is something at {target.Name} already. Move it away, or use --force, which moves it aside and "
                + "deletes nothing.");
    }

    private void Make(Scratch scratch)
    {
        var scan = new VolumesScan(folder, scratch, _report, settings.VerifiesData, progress);
        scan.Run();
        scratch.LoseIncomplete();
        var streams = scratch.Streams();
        if (streams.Count == 0)
            throw new RebuildRefusedException(
                "The volumes hold no events: they were written by a version that did not record them, and must be "
                + "opened once by a newer one, with their journal, before the index can be rebuilt from them.");
        VolumesReplay.End(folder, scan.Volumes.Values);
        _report.ConflictingEvents = scratch.Conflicts;
        _report.Shards = FindShards(scratch, streams);
        _report.AddMissingVolumes(GapsOf(scan.Volumes));
        var isTailMissing = _report.Damage.Count > 0 || _report.MissingVolumes.Count > 0;
        var hasHoles = streams.Exists(stream => stream.Count < stream.Last);
        var missing = Replay(scratch, scan, isTailMissing || hasHoles, isTailMissing);

        // That a volume behind the last one is missing only the events tell: then there may be more to salvage.
        if (!isTailMissing && missing.Count > 0) missing = Replay(scratch, scan, salvages: true, isTailMissing: true);
        _report.AddMissingVolumes(missing.Except(_report.MissingVolumes));
    }

    private static IEnumerable<long> GapsOf(IReadOnlyDictionary<long, ScannedVolume> volumes)
    {
        var missing = 0;
        for (var id = 1L; id < volumes.Keys.Max() && missing < MaxListedMissing; id++)
        {
            if (volumes.ContainsKey(id)) continue;
            missing++;
            yield return id;
        }
    }

    private SortedSet<long> Replay(Scratch scratch, VolumesScan scan, bool salvages, bool isTailMissing)
    {
        _report.BeginReplay();
        _journal.Clear();
        _catalog.Clear();
        var index = settings.Index with
        {
            Shards = _report.Shards,
            CacheEntries = Math.Max(settings.Index.CacheEntries, _report.Shards),
            Catalog = settings.Index.Catalog with { Location = _catalog.Temporary },
        };
        using var journalDatabase = new JournalDatabase(
            settings.Journal with { Location = _journal.Temporary, Synchronous = JournalSynchronous.Off });
        using var journal = new RebuiltJournal(
            journalDatabase, journalDatabase.Dialect.Checkpoints(AtOnce, FailLater));
        var catalogDatabase = CatalogDatabase.From(index.Catalog);
        using var store = CatalogStore.Open(catalogDatabase, index.Shards, AtOnce, FailLater);
        using var readers = new CatalogReaders(catalogDatabase, index.Catalog.ReadConnections);
        using var needles = new VolumeReaders(folder, maxOpen: 16);
        var segments = new SegmentCheck(scan.Volumes, scratch);
        var work = new RebuildWork(
            index, scratch, journal, store, readers, segments, new LostObjects(scratch),
            salvages
                ? new Salvage(
                    scratch, new SalvagedUploads(scratch, needles, settings.Keys), new ShardLayout(index.Shards),
                    _report, isTailMissing)
                : null,
            _report, scratch.Streams().Sum(stream => stream.Count), time, progress);
        for (var shard = 0; shard < index.Shards; shard++) new ShardReplay(shard, work).Run();
        new BucketsReplay(work, scan.HighestBucket).Run();
        VolumesReplay.Run(
            journal, scan.Volumes, [.. _report.MissingVolumes.Union(segments.Missing)], time.GetUtcNow());
        work.Lost.Report(_report);
        (_report.Keys, _report.LiveBytes) = readers.Read(reader => reader.Totals());
        return segments.Missing;
    }

    // One thread does it all, so that it can be simulated.
    private static void AtOnce(Action work) => work();

    private void FailLater(string failure) => _failedCheckpoint = failure;

    private void Publish()
    {
        // What a flush that failed has lost would not be written again.
        if (_failedCheckpoint is not null) throw new IOException(_failedCheckpoint);
        CrashPoints.Reach(CrashPoint.RebuildWritten);
        _journal.Settle();
        _catalog.Settle();
        CrashPoints.Reach(CrashPoint.RebuildSettled);
        var suffix = time.GetUtcNow().ToString(
            "'.replaced-'yyyyMMdd'T'HHmmss'.'ffffff'Z'", CultureInfo.InvariantCulture);
        _report.AddMovedAside(_catalog.MoveAside(suffix));
        _report.AddMovedAside(_journal.MoveAside(suffix));
        CrashPoints.Reach(CrashPoint.RebuildMovedAside);
        _journal.Publish();
        CrashPoints.Reach(CrashPoint.RebuildJournalPublished);
        _catalog.Publish();
        CrashPoints.Reach(CrashPoint.RebuildPublished);
    }

    // Events tell it themselves; without the first of all, the number is right into whose shards all keys fall.
    private int FindShards(Scratch scratch, List<(long Stream, long Last, long Count)> streams)
    {
        var first = scratch.Events(0).Take(1).Select(found => TryDecode(found.Event)).FirstOrDefault();
        if (first is IndexCreated created) return created.Shards;
        var keys = streams.Where(stream => stream.Stream > 0).SelectMany(stream => scratch.Events(stream.Stream)
            .Take(InspectedEvents).Select(found => TryDecode(found.Event)).OfType<IKeyEvent>()
            .Where(message => message.Bucket.Value > 0)
            .Select(message => (Shard: (int)stream.Stream - 1, message.Bucket, message.Key))).ToList();
        var all = Enumerable.Range(0, 13).Select(power => 1 << power).Prepend(settings.Index.Shards);
        return all.FirstOrDefault(
            shards => keys.TrueForAll(key => new ShardLayout(shards).ShardOf(key.Bucket, key.Key) == key.Shard),
            settings.Index.Shards);
    }

    private static IIndexEvent? TryDecode(EncodedEvent encoded)
    {
        try
        {
            return IndexEventCodec.Decode(encoded.Manifest, encoded.Payload);
        }
        catch (SerializationException)
        {
            return null;
        }
    }
}
