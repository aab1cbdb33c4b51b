using System.Globalization;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Rebuild;
using static Ciaos.Actors.Identity.IdentityEvents;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Actors.Check;

/// <summary>
/// Goes through the journal in the order of its rows: whether each stream has all its numbers, each event is
/// understood, follows upon those before it, and is what volumes hold of it; and makes a catalog of them.
/// </summary>
internal sealed class JournalCheck(
    JournalInspection journal, CheckNotes notes, ScratchCatalog catalog, int shards, CheckReport report,
    Action<RebuildProgress> progress)
{
    private const int PageRows = 100_000;
    private const string VolumesStream = "volumes";

    private readonly Dictionary<string, StreamCheck> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<long, IVolumeEvent> _volumes = [];
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);
    private long _total;

    /// <summary>What is said last of each volume.</summary>
    public IReadOnlyDictionary<long, IVolumeEvent> Volumes => _volumes;

    public IReadOnlyCollection<StreamCheck> Streams => _streams.Values;

    /// <summary>Checks everything, and applies to the catalog what the real one has applied.</summary>
    /// <param name="applied">Up to which event of a stream; more than there are: all.</param>
    /// <param name="recorded">Up to which event volumes are said to hold a stream.</param>
    public void Run(Func<string, long> applied, Func<string, long> recorded)
    {
        _total = journal.LastPosition();
        for (var stream = 0L; stream <= shards; stream++)
        {
            var name = ShardContext.PersistenceIdOf(stream);
            var replay = stream == 0
                ? (IStreamReplay)new BucketsStream(catalog)
                : new ShardStream((int)stream - 1, catalog, notes, shards);
            _streams.Add(name, new StreamCheck(
                name, stream, replay, applied(name), recorded(name), journal.DeletedTo(name), notes, report));
        }

        _streams.Add(VolumesStream, new StreamCheck(
            VolumesStream, StreamCheck.NotInVolumes, new VolumesStreamReplay(_volumes), long.MaxValue, 0,
            journal.DeletedTo(VolumesStream), notes, report));
        _streams.Add(IdentityActor.Id, new StreamCheck(
            IdentityActor.Id, StreamCheck.NotInVolumes, new IdentityStreamReplay(), long.MaxValue, 0,
            journal.DeletedTo(IdentityActor.Id), notes, report));
        foreach (var entry in Rows(0)) StreamOf(entry)?.Take(entry);
        foreach (var stream in _streams.Values) stream.End();
        report.Events = _streams.Values.Sum(stream => stream.Last);
        CheckBuckets();
    }

    /// <summary>Applies the rest.</summary>
    public void Finish()
    {
        var waiting = _streams.Values.Where(stream => stream.FirstUnapplied is not null).ToList();
        if (waiting.Count == 0) return;
        foreach (var entry in Rows(waiting.Min(stream => stream.FirstUnapplied!.Value) - 1))
            if (!entry.IsDeleted && _streams.TryGetValue(entry.Row.PersistenceId, out var stream))
                stream.TakeAgain(entry);
        foreach (var stream in waiting) stream.EndAgain();
    }

    private IEnumerable<JournalEntry> Rows(long after)
    {
        for (var isFull = true; isFull;)
        {
            var rows = 0;
            foreach (var entry in journal.After(after, PageRows))
            {
                rows++;
                after = entry.Row.Ordering;
                progress(new RebuildProgress("Replaying", after, _total, AreBytes: false));
                yield return entry;
            }

            isFull = rows == PageRows;
        }
    }

    private StreamCheck? StreamOf(JournalEntry entry)
    {
        if (entry.IsDeleted) return null;
        var name = entry.Row.PersistenceId;
        if (_streams.TryGetValue(name, out var stream)) return stream;
        if (_unknown.Add(name) && _unknown.Count <= CheckReport.MaxListed)
            report.Note($"The journal has a stream {name}, which this version does not know");
        return null;
    }

    // Buckets are given out one after the other, so their number is the highest of them.
    private void CheckBuckets()
    {
        var last = Math.Max(0, _streams[ShardContext.PersistenceIdOf(0)].Last - 1);
        foreach (var stream in _streams.Values.Where(stream => stream.HighestBucket > last))
            report.Add(new CheckProblem(
                CheckProblemKind.EventContradicts,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Events of {stream.Name} speak of bucket {stream.HighestBucket}, but only {last} were given out"),
                Stream: stream.Name, Bucket: stream.HighestBucket));
    }

    // What was said last of a volume is what counts.
    private sealed class VolumesStreamReplay(Dictionary<long, IVolumeEvent> volumes) : IStreamReplay
    {
        public string? Objection(object message) => message is IVolumeEvent ? null : "it is no event of a volume";

        public void Apply(object message, long number)
        {
            if (message is IVolumeEvent said) volumes[said.Volume.Value] = said;
        }

        public void Skip(long number)
        {
            // Nothing is known of it.
        }

        public void End()
        {
            // Nothing waits.
        }
    }

    // What they do to each other is judged when they are made; without the master key secrets cannot be looked into.
    private sealed class IdentityStreamReplay : IStreamReplay
    {
        public string? Objection(object message) => message switch
        {
            IIdentityEvent => null,
            _ => "it is no event of identities",
        };

        public void Apply(object message, long number)
        {
            // Nothing of it is in the catalog.
        }

        public void Skip(long number)
        {
            // Nothing is known of it.
        }

        public void End()
        {
            // Nothing waits.
        }
    }
}
