namespace Ciaos.Actors.Rebuild;

/// <summary>What a rebuild found, and what it could not find. Lists hold at most <see cref="MaxListed"/> entries;
/// the counts beside them tell all.</summary>
public sealed class RebuildReport
{
    public const int MaxListed = 10_000;

    private readonly List<LostObject> _lost = [];
    private readonly List<SalvagedUpload> _salvaged = [];
    private readonly List<EventHole> _holes = [];
    private readonly List<VolumeDamage> _damage = [];
    private readonly List<long> _missingVolumes = [];
    private readonly List<RecoveredBucket> _recoveredBuckets = [];
    private readonly List<string> _movedAside = [];

    /// <summary>Every event and every byte that is known of is there.</summary>
    public bool IsComplete =>
        LostCount == 0 && MissingEvents == 0 && _damage.Count == 0 && _missingVolumes.Count == 0
        && RecoveredBuckets.Count == 0 && DroppedEvents == 0 && UnreadableEvents == 0 && ConflictingEvents == 0;

    public int Volumes { get; internal set; }

    public long VolumeBytes { get; internal set; }

    public long Needles { get; internal set; }

    public long EventNeedles { get; internal set; }

    /// <summary>Events in the journal that was made, those of volumes not counted.</summary>
    public long Events { get; internal set; }

    public int Shards { get; internal set; }

    public long Keys { get; internal set; }

    public long LiveBytes { get; internal set; }

    /// <summary>Bytes behind the last acknowledged needle of a volume that crashed: nothing that was
    /// promised.</summary>
    public long TornBytes { get; internal set; }

    /// <summary>Numbers of the streams for which no event was found.</summary>
    public long MissingEvents { get; internal set; }

    /// <summary>Events that are there, but speak of keys that are not.</summary>
    public long DroppedEvents { get; internal set; }

    /// <summary>Events of a later version, or otherwise not understood.</summary>
    public long UnreadableEvents { get; internal set; }

    internal long UnreadableAtScan { get; set; }

    /// <summary>Numbers under which two different events were found; the later one was believed.</summary>
    public long ConflictingEvents { get; internal set; }

    /// <summary>Renames between shards whose arrival was not found: the object stays at its old key.</summary>
    public long UndoneRenames { get; internal set; }

    public long LostCount { get; internal set; }

    public long SalvagedCount { get; internal set; }

    public double Seconds { get; internal set; }

    /// <summary>Objects some of whose bytes or events are not there: they are left out.</summary>
    public IReadOnlyList<LostObject> Lost => _lost;

    /// <summary>Uploads without an event that stand in for missing ones.</summary>
    public IReadOnlyList<SalvagedUpload> Salvaged => _salvaged;

    public IReadOnlyList<EventHole> Holes => _holes;

    public IReadOnlyList<VolumeDamage> Damage => _damage;

    /// <summary>Volumes that must have been there, by their ids or by what events say.</summary>
    public IReadOnlyList<long> MissingVolumes => _missingVolumes;

    /// <summary>Buckets whose owner is not known any more.</summary>
    public IReadOnlyList<RecoveredBucket> RecoveredBuckets => _recoveredBuckets;

    public IReadOnlyList<string> MovedAside => _movedAside;

    /// <summary>Forgets what an earlier replay of the same scan has told.</summary>
    internal void BeginReplay()
    {
        (Events, MissingEvents, DroppedEvents, UndoneRenames, LostCount, SalvagedCount) = (0, 0, 0, 0, 0, 0);
        UnreadableEvents = UnreadableAtScan;
        _lost.Clear();
        _salvaged.Clear();
        _holes.Clear();
        _recoveredBuckets.Clear();
    }

    internal void Add(LostObject lost) => AddTo(_lost, lost);

    internal void Add(SalvagedUpload salvaged)
    {
        SalvagedCount++;
        AddTo(_salvaged, salvaged);
    }

    internal void Add(EventHole hole)
    {
        MissingEvents += hole.To - hole.From + 1;
        AddTo(_holes, hole);
    }

    internal void Add(VolumeDamage damage) => AddTo(_damage, damage);

    internal void Add(RecoveredBucket bucket) => AddTo(_recoveredBuckets, bucket);

    internal void AddMissingVolumes(IEnumerable<long> volumes) =>
        _missingVolumes.AddRange(volumes.Take(MaxListed - _missingVolumes.Count));

    internal void AddMovedAside(IEnumerable<string> places) => _movedAside.AddRange(places);

    private static void AddTo<T>(List<T> list, T item)
    {
        if (list.Count < MaxListed) list.Add(item);
    }
}

/// <param name="SizeBytes">As far as it is known.</param>
/// <param name="Reason">What is missing, in words.</param>
public sealed record LostObject(long Bucket, string Key, long SizeBytes, string Reason);

public sealed record SalvagedUpload(long Bucket, string Key, long SizeBytes, long ObjectId, bool IsAppend);

/// <summary>Numbers without events, both inclusive.</summary>
public sealed record EventHole(string PersistenceId, long From, long To);

/// <param name="FromBytes">0 and 0: the volume as a whole.</param>
public sealed record VolumeDamage(long Volume, long FromBytes, long ToBytes, string Detail);

public sealed record RecoveredBucket(long Bucket, string Owner);
