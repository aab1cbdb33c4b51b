using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Metrics;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Index;

/// <summary>
/// Writes the events of one stream into volumes too, as event needles, so that journal and catalog can be made anew
/// from the volumes alone. Only events that the journal has committed are given to it. For one actor's use.
/// </summary>
/// <remarks>
/// What volumes refuse, or do not answer in time, holds nobody up: the journal has it. It is forgotten here, so that
/// memory stays bounded however long the volumes fail, and later read back from the journal, page by page, with one
/// needle on its way at a time. So is what a crash, or a version without event needles, has left unrecorded. An event
/// that is recorded twice is there with the same bytes twice, which is harmless.
/// </remarks>
/// <param name="readJournal">Asks for the events of the journal from one number to another, to be given to
/// <see cref="Continue(JournalPage.Found)"/>.</param>
internal sealed class EventRecorder(
    ShardContext shard, IActorRef self, Action<long, long> readJournal, ILoggingAdapter log)
{
    // How far the note in the catalog may lag behind: these are recorded again after a crash.
    private const int MaxUnnotedEvents = 1000;

    private static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<NeedleId, Sent> _needles = [];
    private readonly List<Run> _live = [];
    private readonly Queue<byte[]> _pageNeedles = new();
    private TimeSpan _backoff = shard.Settings.RecordBackoffMin;
    private IActorRef? _writer;
    private VolumeId _volume;
    private Run? _page;
    private long _last;
    private long _noted;
    private long _notedAt;
    private long _missingFrom = 1;
    private long _missingTo;
    private long _waitsSince;
    private bool _isReading;
    private bool _isFailing;

    /// <summary>All events up to this one are in volumes.</summary>
    public long RecordedTo
    {
        get
        {
            var recorded = IsMissing ? _missingFrom - 1 : _last;
            return _live.Count > 0 ? Math.Min(recorded, _live[0].First - 1) : recorded;
        }
    }

    /// <summary>Nobody waits for an event to be recorded.</summary>
    public bool IsIdle => _live.Count == 0;

    private bool IsMissing => _missingFrom <= _missingTo;

    /// <summary>Goes on after a start.</summary>
    /// <param name="recorded">What the catalog knows to be in volumes.</param>
    /// <param name="last">The journal's last event.</param>
    public void Begin(long recorded, long last)
    {
        (_last, _noted, _notedAt) = (last, Math.Min(recorded, last), shard.Time.GetTimestamp());
        (_missingFrom, _missingTo) = (_noted + 1, last);
        shard.Volumes.Tell(VolumeWriting.GetEventWriter.Instance, self);
        ReadPage();
    }

    /// <summary>Records events that the journal has just committed.</summary>
    /// <param name="fromSequence">The event before the first of them.</param>
    /// <param name="released">Called once: when all are in volumes, or when that is not waited for any longer.</param>
    public void Record(long fromSequence, IReadOnlyList<IIndexEvent> events, Action released)
    {
        _last = fromSequence + events.Count;
        var run = new Run(fromSequence + 1, _last, released, shard.Time.GetTimestamp());
        _live.Add(run);
        if (_writer is not null) run.Beside = (_volume, events);
        foreach (var data in Encode(run.First, events, EncodeShort)) Send(run, data);
    }

    /// <summary>Where to send needles past the volumes' keepers.</summary>
    public void Use(VolumeWriting.EventWriter writer) => (_writer, _volume) = (writer.Writer, writer.Volume);

    public void Stored(VolumeProtocol.Appended stored)
    {
        if (!_needles.Remove(stored.Needle, out var sent)) return;
        var run = sent.Run;
        run.Needles--;
        if (run.Beside is { } beside && beside.Volume != stored.Location.Volume)
        {
            // Its writer has handed it on. Whoever loses the volume of the objects must not lose what the events tell.
            run.Beside = null;
            foreach (var data in Encode(run.First, beside.Events, EncodeWhole)) Send(run, data);
        }

        if (run.Needles > 0) return;
        if (run == _page) ContinuePage(run);
        else Release(run);
    }

    public void Rejected(VolumeProtocol.Rejected rejected)
    {
        if (!_needles.TryGetValue(rejected.Needle, out var sent)) return;
        if (!sent.IsDirect)
        {
            Fail(sent.Run, $"{rejected.Reason}: {rejected.Detail}");
            return;
        }

        _writer = null;
        _needles[rejected.Needle] = sent with { IsDirect = false };
        shard.Volumes.Tell(new VolumeProtocol.Append(sent.Needle, FromReserve: true), self);
    }

    /// <summary>To be called now and then: ends waiting that has lasted too long, and tries again what has
    /// failed.</summary>
    public void Tick()
    {
        foreach (var run in _live.Append(_page).OfType<Run>().Where(IsOverdue).ToList())
            Fail(run, "Volumes do not answer");
        shard.Volumes.Tell(VolumeWriting.GetEventWriter.Instance, self);
        if (IsMissing && _page is null && !_isReading && shard.Time.GetElapsedTime(_waitsSince) >= _backoff) ReadPage();
    }

    public void Continue(JournalPage.Found found)
    {
        _isReading = false;
        if (found.Events.Count == 0)
        {
            // Events that are gone from the journal are in the catalog alone.
            log.Warning(
                "Events {0} to {1} of {2} cannot be recorded in volumes: the journal does not give them",
                _missingFrom, _missingTo, shard.PersistenceId);
            _missingFrom = _missingTo + 1;
            return;
        }

        var last = found.First + found.Events.Count - 1;
        _page = new Run(found.From, last, () => { }, shard.Time.GetTimestamp());
        foreach (var data in Encode(found.First, found.Events, EncodeWhole)) _pageNeedles.Enqueue(data);
        ContinuePage(_page);
    }

    public void Continue(JournalPage.NotFound notFound)
    {
        _isReading = false;
        BackOff($"the journal could not be read ({notFound.Detail})");
    }

    /// <summary>What is to be noted in the catalog now; null where that can wait.</summary>
    public long? TakeNote(bool isLast = false)
    {
        var recorded = RecordedTo;
        var isDue = isLast || recorded - _noted >= MaxUnnotedEvents
            || shard.Time.GetElapsedTime(_notedAt) >= NoteInterval;
        if (recorded <= _noted || !isDue) return null;
        (_noted, _notedAt) = (recorded, shard.Time.GetTimestamp());
        return recorded;
    }

    private List<byte[]> Encode(
        long first, IReadOnlyList<IIndexEvent> events, Func<IIndexEvent, EncodedEvent> encode) =>
        EventNeedle.Encode(shard.Stream, first, events.Select(encode).ToList());

    private static EncodedEvent EncodeWhole(IIndexEvent message) =>
        new(IndexEventCodec.ManifestOf(message), IndexEventCodec.Encode(message));

    // Where the event lies in the volume that the object lies in, whoever has the one has the other.
    private EncodedEvent EncodeShort(IIndexEvent message) =>
        _writer is not null && message is ObjectPut put && NeedlePut.From(put, _volume) is { } shorter
            ? new EncodedEvent(EventNeedle.NeedlePutManifest, shorter.Encode())
            : EncodeWhole(message);

    private void Send(Run run, byte[] data)
    {
        var needle = EventNeedle.Create(shard.Needles.Next(), data);
        var direct = run == _page ? null : _writer;
        _needles.Add(needle.Id, new Sent(run, needle, direct is not null));
        run.Needles++;
        if (direct is not null)
        {
            shard.Metrics?.Mailboxes.Sent(Mailbox.VolumeWriters);
            direct.Tell(new VolumeWriting.Store(needle, self, FromReserve: true, FailedAttempts: 0));
        }
        else
        {
            shard.Volumes.Tell(new VolumeProtocol.Append(needle, FromReserve: run != _page), self);
        }
    }

    private bool IsOverdue(Run run) => shard.Time.GetElapsedTime(run.Since) >= shard.Settings.RecordTimeout;

    private void Release(Run run)
    {
        _live.Remove(run);
        run.Released();
    }

    private void Fail(Run run, string detail)
    {
        foreach (var needle in _needles.Where(item => item.Value.Run == run).Select(item => item.Key).ToList())
            _needles.Remove(needle);
        if (run == _page)
        {
            _page = null;
            _pageNeedles.Clear();
            BackOff(detail);
            return;
        }

        if (!IsMissing)
        {
            (_missingFrom, _missingTo) = (run.First, run.Last);
            BackOff(detail);
        }
        else
        {
            (_missingFrom, _missingTo) = (Math.Min(_missingFrom, run.First), Math.Max(_missingTo, run.Last));
        }

        Release(run);
    }

    private void BackOff(string detail)
    {
        var longest = shard.Settings.RecordBackoffMax;
        if (_isFailing) _backoff = TimeSpan.FromTicks(Math.Min(longest.Ticks, 2 * _backoff.Ticks));
        _waitsSince = shard.Time.GetTimestamp();
        shard.Metrics?.Errors.Add(StoreError.Recording);
        if (!_isFailing)
            log.Warning(
                "Events of {0} from {1} on are not recorded in volumes for now; the journal has them. {2}",
                shard.PersistenceId, _missingFrom, detail);
        _isFailing = true;
    }

    private void ReadPage()
    {
        if (!IsMissing) return;
        _isReading = true;
        readJournal(_missingFrom, _missingTo);
    }

    private void ContinuePage(Run page)
    {
        if (_pageNeedles.TryDequeue(out var data))
        {
            page.Since = shard.Time.GetTimestamp();
            Send(page, data);
            return;
        }

        // What failed meanwhile may lie before the page: then the next one begins there.
        if (page.First == _missingFrom) _missingFrom = page.Last + 1;
        (_page, _backoff) = (null, shard.Settings.RecordBackoffMin);
        if (_isFailing && !IsMissing)
            log.Info("All events of {0} are recorded in volumes again", shard.PersistenceId);
        _isFailing &= IsMissing;
        ReadPage();
    }

    /// <param name="IsDirect">It was sent to a writer past the volumes' keepers.</param>
    private readonly record struct Sent(Run Run, Needle Needle, bool IsDirect);

    private sealed class Run(long first, long last, Action released, long since)
    {
        public long First { get; } = first;

        public long Last { get; } = last;

        public Action Released { get; } = released;

        /// <summary>Where its events are to lie, since they may be told by needles there.</summary>
        public (VolumeId Volume, IReadOnlyList<IIndexEvent> Events)? Beside { get; set; }

        /// <summary>When its last needle was sent.</summary>
        public long Since { get; set; } = since;

        /// <summary>How many of its needles are on their way.</summary>
        public int Needles { get; set; }
    }
}
