using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Ciaos.Simulation.Model;

/// <summary>A version of a key, or a delete marker.</summary>
internal sealed class ObjectVersion
{
    private readonly Lazy<string> _tag;

    /// <param name="id">The operation that made it.</param>
    /// <param name="isNull">It has no name of its own.</param>
    /// <param name="parts">None: it is a delete marker.</param>
    /// <param name="upload">The operation that began the upload it came from; 0: it came whole.</param>
    public ObjectVersion(int id, bool isNull, ImmutableArray<Content> parts, int upload = 0)
    {
        (Id, IsNull, Upload, Stored) = (id, isNull, upload, new StoredObject(id, parts, null));
        _tag = new Lazy<string>(
            () => upload == 0 ? ContentTag.Of(parts[0]) : ContentTag.Of(parts), isThreadSafe: false);
        Hash = Hashing.Combine(Stored.Hash, ((ulong)(uint)upload << 1) + (isNull ? 1UL : 0));
    }

    public int Id { get; }

    public bool IsNull { get; }

    public bool IsMarker => Stored.Files.IsEmpty;

    public int Upload { get; }

    public StoredObject Stored { get; }

    /// <summary>Without its quotes.</summary>
    public string Tag => _tag.Value;

    public ulong Hash { get; }

    public override string ToString() =>
        $"{(IsMarker ? "marker" : "")}{(IsNull ? " null " : " ")}{Stored}"
        + (Upload == 0 ? "" : $" of upload #{Upload}");
}

/// <summary>Entity tags of S3: the MD5 of a content, and that of the MD5s of parts.</summary>
internal static class ContentTag
{
    public static string Of(Content content) => Convert.ToHexStringLower(MD5.HashData(content.ToBytes()));

    public static string Of(ImmutableArray<Content> parts)
    {
        var all = parts.SelectMany(part => MD5.HashData(part.ToBytes())).ToArray();
        return string.Create(
            CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(MD5.HashData(all))}-{parts.Length}");
    }
}

/// <summary>All that a bucket of S3 knows of a key. Immutable.</summary>
internal sealed class VersionedKey
{
    public static readonly VersionedKey Empty = new([], ImmutableSortedDictionary<int, Parts>.Empty);

    public VersionedKey(ImmutableArray<ObjectVersion> versions, ImmutableSortedDictionary<int, Parts> uploads)
    {
        (Versions, Uploads) = (versions, uploads);
        foreach (var version in versions) Hash = Hashing.Combine(Hash, version.Hash);
        foreach (var (id, parts) in uploads) Hash = Hashing.Combine(Hash, Hashing.Combine((ulong)id, parts.Hash));
    }

    /// <summary>The youngest first: it is the current one.</summary>
    public ImmutableArray<ObjectVersion> Versions { get; }

    /// <summary>Those that are neither completed nor aborted, by the operation that began them.</summary>
    public ImmutableSortedDictionary<int, Parts> Uploads { get; }

    public ObjectVersion? Current => Versions.FirstOrDefault();

    public ulong Hash { get; }

    public VersionedKey With(ImmutableArray<ObjectVersion> versions) => new(versions, Uploads);

    public VersionedKey With(ImmutableSortedDictionary<int, Parts> uploads) => new(Versions, uploads);

    /// <summary>It becomes the current one. Of those without a name there is one at most.</summary>
    public VersionedKey Add(ObjectVersion version) =>
        With([version, .. version.IsNull ? Versions.Where(other => !other.IsNull) : Versions]);

    public override string ToString() =>
        $"[{string.Join("; ", Versions)}] uploads "
        + $"[{string.Join("; ", Uploads.Select(upload => $"#{upload.Key}: {upload.Value}"))}]";
}

/// <summary>The parts of an upload, by their numbers. Immutable.</summary>
internal sealed class Parts
{
    public static readonly Parts None = new(ImmutableSortedDictionary<int, Content>.Empty);

    private Parts(ImmutableSortedDictionary<int, Content> contents)
    {
        Contents = contents;
        foreach (var (number, content) in contents)
            Hash = Hashing.Combine(
                Hash, ((ulong)(uint)content.Seed << 32) + (ulong)((content.LengthBytes << 4) + number));
    }

    public ImmutableSortedDictionary<int, Content> Contents { get; }

    public ulong Hash { get; }

    public Parts Set(int number, Content content) => new(Contents.SetItem(number, content));

    public override string ToString() => string.Join(", ", Contents.Select(part => $"{part.Key}={part.Value}"));
}
