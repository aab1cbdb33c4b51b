using System.Collections.Immutable;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

/// <summary>What a bucket with versions and uploads in parts holds, kept in the plainest way: a list of versions for
/// each key, the newest first.</summary>
internal sealed class VersionModel
{
    public SortedDictionary<string, List<Version>> Keys { get; } = new(StringComparer.Ordinal);

    public List<Upload> Uploads { get; } = [];

    public IEnumerable<(string Key, Version Version, bool IsCurrent)> All => Keys.SelectMany(
        key => key.Value.Select((version, place) => (key.Key, version, place == 0)));

    public (long Objects, long Bytes) Usage => (
        All.Count(each => !each.Version.IsMarker), All.Sum(each => each.Version.Bytes));

    public Version? Newest(string key) => Keys.TryGetValue(key, out var versions) ? versions[0] : null;

    public Version? Visible(string key) => Newest(key) is { IsMarker: false } version ? version : null;

    public bool IsVersioned(string key) => Keys.TryGetValue(key, out var versions)
        && (versions.Count > 1 || !versions[0].Id.IsNull || versions[0].IsMarker);

    /// <summary>Who does not know of versions must not destroy any.</summary>
    public VersioningState Effective(VersioningState state, string key) =>
        state == VersioningState.Off && IsVersioned(key) ? VersioningState.Suspended : state;

    public void Add(string key, VersioningState state, Version version)
    {
        if (!Keys.TryGetValue(key, out var versions)) Keys.Add(key, versions = []);
        if (state != VersioningState.Enabled) versions.RemoveAll(old => old.Id.IsNull);
        versions.Insert(0, version);
    }

    public void Remove(string key, Version version)
    {
        Keys[key].Remove(version);
        if (Keys[key].Count == 0) Keys.Remove(key);
    }

    public sealed class Version(VersionId id, bool isMarker, IEnumerable<Segment> segments)
    {
        public VersionId Id => id;

        public bool IsMarker => isMarker;

        public List<Segment> Segments { get; } = [.. segments];

        public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

        public long Bytes => Segments.Sum(segment => (long)segment.LengthBytes);
    }

    public sealed record Upload(string Key, UploadId Id)
    {
        public SortedDictionary<int, (long Sequence, ImmutableArray<Segment> Segments)> Parts { get; } = [];

        public List<Segment> Joined(IEnumerable<int> numbers)
        {
            var joined = numbers.SelectMany(number => Parts[number].Segments)
                .Where(segment => segment.LengthBytes > 0)
                .Select(segment => segment with { StartsFile = false }).ToList();
            if (joined.Count == 0) joined.Add(new Segment(default, 0, 0, false));
            joined[0] = joined[0] with { StartsFile = true };
            return joined;
        }
    }
}
