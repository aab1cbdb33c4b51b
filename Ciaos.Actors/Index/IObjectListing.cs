using Ciaos.Storage;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// Listings, in the order of the keys' UTF-8 bytes. Safe for many threads; sees every acknowledged write, and all of a
/// page as it was at one moment. A limit of 0 gives an empty page without more.
/// </summary>
/// <remarks>With a delimiter, all keys that have it behind the prefix stand under one entry, their common prefix. It is
/// passed over with one step, however many they are. Empty strings stand for no such condition.</remarks>
public interface IObjectListing
{
    /// <summary>To be called before any of the others: only what was acknowledged before this call is sure to be
    /// listed.</summary>
    /// <exception cref="Objects.IndexFailedException">The catalog lacks something that was acknowledged.</exception>
    /// <exception cref="Akka.Actor.AskTimeoutException">It does not answer.</exception>
    Task CatchUpAsync(TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Up to <paramref name="limit"/> objects (at least 1) whose keys begin with <paramref name="prefix"/> and
    /// come behind <paramref name="after"/>; an empty string stands for no such condition.</summary>
    ObjectPage List(BucketId bucket, string prefix, string after, int limit);

    /// <summary>Current objects; delete markers are none.</summary>
    KeyPage ListKeys(BucketId bucket, KeyQuery query);

    /// <summary>Current and older versions and delete markers, the newest of each key first.</summary>
    VersionPage ListVersions(BucketId bucket, VersionQuery query);

    /// <summary>Uploads in parts that are neither completed nor aborted, the oldest of each key first.</summary>
    UploadPage ListUploads(BucketId bucket, UploadQuery query);

    /// <summary>Parts of an upload behind that number; null where there is no such upload.</summary>
    PartPage? ListParts(BucketId bucket, ObjectKey key, UploadId upload, int afterNumber, int limit);

    /// <param name="owner">Null: anybody's.</param>
    BucketPage ListBuckets(string? owner, string prefix, string after, int limit);

    BucketUsage GetUsage(BucketId bucket);
}

/// <param name="HasMore">Further objects follow behind the last one.</param>
public sealed record ObjectPage(IReadOnlyList<ObjectRecord> Objects, bool HasMore);

/// <param name="After">Keys up to this one are left out; where it is a common prefix, those under it too.</param>
public sealed record KeyQuery(string Prefix, string Delimiter, string After, int Limit);

/// <param name="KeyMarker">As <see cref="KeyQuery.After"/>.</param>
/// <param name="VersionMarker">Set: of the marker's key, versions older than this one are wanted too.</param>
public sealed record VersionQuery(
    string Prefix, string Delimiter, string KeyMarker, VersionId? VersionMarker, int Limit);

/// <param name="KeyMarker">As <see cref="KeyQuery.After"/>.</param>
/// <param name="UploadMarker">Set: of the marker's key, uploads begun after this one are wanted too.</param>
public sealed record UploadQuery(string Prefix, string Delimiter, string KeyMarker, UploadId? UploadMarker, int Limit);

/// <summary>A line of a listing: either an item or a common prefix, the delimiter included.</summary>
public readonly record struct ListEntry<T>(T? Item, string? CommonPrefix)
    where T : class;

/// <param name="HasMore">Further entries follow behind the last one.</param>
public sealed record KeyPage(IReadOnlyList<ListEntry<ObjectRecord>> Entries, bool HasMore)
{
    /// <summary>The last key or common prefix, to be given as <see cref="KeyQuery.After"/> next; empty where there is
    /// none.</summary>
    public string Last => Entries.Count == 0 ? "" : Entries[^1].CommonPrefix ?? Entries[^1].Item!.Key.Value;
}

/// <param name="HasMore">Further entries follow behind the last one.</param>
public sealed record VersionPage(IReadOnlyList<ListEntry<ObjectRecord>> Entries, bool HasMore)
{
    /// <summary>To be given as <see cref="VersionQuery.KeyMarker"/> next.</summary>
    public string LastKey => Entries.Count == 0 ? "" : Entries[^1].CommonPrefix ?? Entries[^1].Item!.Key.Value;

    /// <summary>To be given as <see cref="VersionQuery.VersionMarker"/> next; null behind a common prefix.</summary>
    public VersionId? LastVersion => Entries.Count == 0 ? null : Entries[^1].Item?.VersionId;
}

/// <param name="HasMore">Further entries follow behind the last one.</param>
public sealed record UploadPage(IReadOnlyList<ListEntry<UploadRecord>> Entries, bool HasMore)
{
    /// <summary>To be given as <see cref="UploadQuery.KeyMarker"/> next.</summary>
    public string LastKey => Entries.Count == 0 ? "" : Entries[^1].CommonPrefix ?? Entries[^1].Item!.Key.Value;

    /// <summary>To be given as <see cref="UploadQuery.UploadMarker"/> next; null behind a common prefix.</summary>
    public UploadId? LastUpload => Entries.Count == 0 ? null : Entries[^1].Item?.Id;
}

/// <param name="Parts">In the order of their numbers.</param>
/// <param name="HasMore">Further parts follow behind the last one.</param>
public sealed record PartPage(UploadRecord Upload, IReadOnlyList<PartRecord> Parts, bool HasMore);

/// <param name="Buckets">In the order of their names.</param>
/// <param name="HasMore">Further buckets follow behind the last one.</param>
public sealed record BucketPage(IReadOnlyList<BucketInfo> Buckets, bool HasMore);

/// <summary>What a bucket holds, older versions included; delete markers and parts of uploads do not count.</summary>
public readonly record struct BucketUsage(long Objects, long Bytes);
