using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>What an operation makes of a state, and how it is answered then.</summary>
/// <param name="HasEffect">False: <paramref name="Next"/> holds the same objects as before.</param>
internal readonly record struct Transition(BucketModel Next, Expected Expected, bool HasEffect);

/// <summary>An answer as the model foresees it.</summary>
/// <param name="Object">What the answer speaks of: read, written or in the way. Null: nothing.</param>
internal sealed record Expected(int Status, StoredObject? Object = null)
{
    /// <summary>Any refusal: nothing has happened.</summary>
    public static readonly Expected Refusal = new(400);

    /// <summary>The version that the answer of S3 speaks of: shown, made or deleted. Null: none.</summary>
    public ObjectVersion? Version { get; init; }

    /// <summary>The operation that has begun the upload which the answer names; 0: it names none.</summary>
    public int Named { get; init; }

    public ulong Hash => Version is null && Named == 0
        ? Hashing.Combine((ulong)Status, Object?.Hash ?? 0)
        : Hashing.Combine((ulong)Status + ((ulong)Named << 16), Version?.Hash ?? 0);

    public override string ToString() => $"{Status} {Object}{Version}";
}

/// <summary>
/// The oracle: what the keys of one owner hold, and what every operation does to them. Immutable. It cannot know the
/// entity tags, so it learns which version has which; no two of one key have the same.
/// </summary>
internal sealed class BucketModel
{
    public static readonly BucketModel Empty = new(
        ImmutableSortedDictionary.Create<string, StoredObject>(KeyOrder.Instance),
        ImmutableDictionary<int, (string, string)>.Empty,
        ImmutableSortedDictionary.Create<string, VersionedKey>(StringComparer.Ordinal),
        0);

    private readonly ImmutableDictionary<int, (string Key, string Tag)> _tags;

    private BucketModel(
        ImmutableSortedDictionary<string, StoredObject> objects,
        ImmutableDictionary<int, (string Key, string Tag)> tags,
        ImmutableSortedDictionary<string, VersionedKey> versioned,
        ulong hash) =>
        (Objects, _tags, Versioned, Hash) = (objects, tags, versioned, hash);

    public ImmutableSortedDictionary<string, StoredObject> Objects { get; }

    /// <summary>What is known of keys by way of S3: a bucket of its own.</summary>
    public ImmutableSortedDictionary<string, VersionedKey> Versioned { get; }

    /// <summary>The same for models that hold the same and know the same tags.</summary>
    public ulong Hash { get; }

    /// <summary>All that the operation may do here. Two things only where docs/api.md leaves it open, or where a
    /// condition speaks of a tag that was never seen.</summary>
    /// <param name="id">Becomes the version of what is changed.</param>
    public IEnumerable<Transition> Apply(Operation operation, int id) => operation switch
    {
        S3Operation s3 => VersionRules.Apply(s3, id, this),
        RawPut put => Conditional(put.Condition, put.Key, put, id),
        RawDelete delete => Conditional(delete.Condition, delete.Key, delete, id),
        BrokenPut => [Same(Expected.Refusal)],
        FilesPut put when Find(put.Key) is { } existing => [Same(new Expected(400, existing))],
        FilesPut put => [Set(put.Key, new StoredObject(id, put.Files, null), 200)],
        FilesUpdate update when Find(update.Key) is not null =>
            [Set(update.Key, new StoredObject(id, update.Files, null), 200)],
        FilesAppend append when Find(append.Key) is { } existing =>
            [Set(append.Key, existing.Append(id, append.Files), 200)],
        Delete delete when Find(delete.Key) is not null => [Remove(delete.Key)],
        Rename rename when Find(rename.Key) is { } moving => [Move(rename, moving, id)],
        FilesWrite or Delete or Rename => [Same(new Expected(404))],
        RawGet { Range: { } range } get => [Same(Read(get.Key, range))],
        KeyOperation read => [Same(Find(read.Key) is { } found ? new Expected(200, found) : new Expected(404))],
        _ => throw new ArgumentException($"{operation.GetType()} is not known", nameof(operation)),
    };

    public StoredObject? Find(string key) => Objects.GetValueOrDefault(key);

    public VersionedKey VersionsOf(string key) => Versioned.GetValueOrDefault(key, VersionedKey.Empty);

    /// <summary>The operation whose version, or upload, has this name; null: nobody knows one.</summary>
    public int? IdOf(string key, string name)
    {
        foreach (var (id, known) in _tags)
            if (known == (key, name)) return id;
        return null;
    }

    public BucketModel Set(string key, VersionedKey now)
    {
        var hash = Hash - HashOf(key, VersionsOf(key)) + HashOf(key, now);
        return new BucketModel(Objects, _tags, Versioned.SetItem(key, now), hash);
    }

    /// <summary>The model with an upload more; null where it has one of that name.</summary>
    public BucketModel? Begin(string key, int id, string name)
    {
        var now = VersionsOf(key);
        return Learn(key, id, name)?.Set(key, now.With(now.Uploads.SetItem(id, Parts.None)));
    }

    /// <summary>The objects that a page of a list shows, and whether more follow.</summary>
    public (List<KeyValuePair<string, StoredObject>> Objects, bool HasMore) Page(List list)
    {
        var found = Objects
            .Where(item => item.Key.StartsWith(list.Prefix, StringComparison.Ordinal)
                && KeyOrder.Instance.Compare(item.Key, list.After) > 0)
            .Take(list.Limit + 1).ToList();
        return found.Count > list.Limit ? (found[..list.Limit], true) : (found, false);
    }

    public string? TagOf(int version) => _tags.TryGetValue(version, out var known) ? known.Tag : null;

    /// <summary>The model that knows one tag more; null where that contradicts what it knows.</summary>
    /// <param name="key">Where the version is or was. It is at no other: a rename makes a new one.</param>
    public BucketModel? Learn(string key, int version, string tag)
    {
        if (_tags.TryGetValue(version, out var known)) return known.Tag == tag ? this : null;
        if (_tags.ContainsValue((key, tag))) return null;
        var hash = Hash + Hashing.Combine((ulong)version, Hashing.Of(tag));
        return new BucketModel(Objects, _tags.Add(version, (key, tag)), Versioned, hash);
    }

    public override string ToString() => Objects.IsEmpty && Versioned.IsEmpty
        ? "no keys"
        : string.Join(
            ", ",
            Objects.Select(item => $"{OperationText.Quote(item.Key)}={item.Value}")
                .Concat(Versioned.Select(item => $"{OperationText.Quote(item.Key)}={item.Value}")));

    private static ulong HashOf(string key, VersionedKey versions) => Hashing.Combine(Hashing.Of(key), versions.Hash);

    private static ulong HashOf(string key, StoredObject? stored) =>
        stored is null ? 0 : Hashing.Combine(Hashing.Of(key), stored.Hash);

    // With If-Match on a key that is not there, a delete is answered with 404 or 412: the API names both.
    private IEnumerable<Transition> Conditional(Condition condition, string key, Operation write, int id)
    {
        var existing = Find(key);
        var holds = Holds(condition, key, existing);
        if (holds != false)
        {
            var learned = holds is null ? Learn(key, existing!.Version, condition.Tag!)! : this;
            if (write is RawPut put)
                yield return learned.Set(
                    key, new StoredObject(id, [put.Content], put.ContentType), existing is null ? 201 : 200);
            else
                yield return existing is null ? Same(new Expected(404)) : learned.Remove(key);
        }

        if (holds == true) yield break;
        yield return Same(new Expected(412, existing));
        if (existing is null && write is RawDelete) yield return Same(new Expected(404));
    }

    /// <summary>Null: nobody knows, since neither the tag nor the object's version was seen with the other.</summary>
    private bool? Holds(Condition condition, string key, StoredObject? existing) => condition.Kind switch
    {
        ConditionKind.None => true,
        ConditionKind.Absent => existing is null,
        _ when existing is null || condition.Tag is null or Condition.NeverGiven => false,
        _ when TagOf(existing.Version) is { } tag => tag == condition.Tag,
        _ => _tags.ContainsValue((key, condition.Tag)) ? false : null,
    };

    private Expected Read(string key, ReadRange range) => Find(key) is { } found
        ? new Expected(range.Of(found.SizeBytes) is null ? 416 : 206, found)
        : new Expected(404);

    private Transition Move(Rename rename, StoredObject moving, int id)
    {
        if (Find(rename.NewKey) is { } existing) return Same(new Expected(409, existing));
        var moved = moving.Moved(id);
        return Remove(rename.Key).Next.Set(rename.NewKey, moved, 200);
    }

    private Transition Set(string key, StoredObject stored, int status)
    {
        var hash = Hash - HashOf(key, Find(key)) + HashOf(key, stored);
        var model = new BucketModel(Objects.SetItem(key, stored), _tags, Versioned, hash);
        return new Transition(model, new Expected(status, stored), true);
    }

    private Transition Remove(string key)
    {
        var model = new BucketModel(Objects.Remove(key), _tags, Versioned, Hash - HashOf(key, Find(key)));
        return new Transition(model, new Expected(200), true);
    }

    private Transition Same(Expected expected) => new(this, expected, false);
}
