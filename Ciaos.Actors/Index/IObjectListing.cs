using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>The keys of a bucket in the order of their UTF-8 bytes. Safe for many threads; sees every acknowledged
/// write.</summary>
public interface IObjectListing
{
    /// <summary>Up to <paramref name="limit"/> objects (at least 1) whose keys begin with <paramref name="prefix"/> and
    /// come behind <paramref name="after"/>; an empty string stands for no such condition.</summary>
    ObjectPage List(BucketId bucket, string prefix, string after, int limit);
}

/// <param name="HasMore">Further objects follow behind the last one.</param>
public sealed record ObjectPage(IReadOnlyList<IndexProtocol.ObjectRecord> Objects, bool HasMore);
