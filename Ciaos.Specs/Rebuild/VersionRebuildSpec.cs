using System.Collections.Immutable;
using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Actors.Rebuild;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Rebuild;

/// <summary>Versions, uploads in parts and buckets of S3 come back out of the volumes.</summary>
public sealed class VersionRebuildSpec : IDisposable
{
    private static readonly BucketId Pictures = new(2);

    private readonly RebuildFixture _store = new();

    public VersionRebuildSpec()
    {
        _store.Record(0, new BucketMade(Pictures, _store.Now, "pictures", "bob", ObjectMetadata.None));
        _store.Record(0, new BucketConfigured(
            Pictures, _store.Now, ImmutableSortedDictionary<string, string?>.Empty.Add("versioning", "enabled")));
    }

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Versions_markers_and_their_metadata_are_what_they_were_and_what_was_deleted_stays_so()
    {
        var one = Put("k", "one");
        var two = Put("k", "two");
        _store.Record(new ObjectMarkerPut(
            Pictures, ObjectKey.Create("k"), _store.Now, new ObjectId(9), VersioningState.Enabled));
        var three = Put("k", "three");
        Delete("k", two);
        _store.Record(new ObjectMetadataChanged(
            Pictures, ObjectKey.Create("k"), _store.Now, one.Sequence, ObjectMetadata.None.Add("tags", "a=b")));
        var gone = Put("gone", "x");
        Delete("gone", gone);
        AssertComplete();
        Assert.Equal(
            [$"k {three} three", "k marker", $"k {one} one a=b"], _store.Versions(Pictures));
        Assert.Equal(["2 2 8"], _store.Catalog("SELECT * FROM usage WHERE bucket = 2"));
    }

    [Fact]
    public void Uploads_are_open_completed_or_aborted_as_they_were()
    {
        var done = Begin("done");
        PutPart("done", done, 1, "ab");
        PutPart("done", done, 2, "cd");
        var content = SegmentRun.Pack(Segments("done", "ab").Concat(Segments("done", "cd")));
        _store.Record(new UploadCompleted(
            Pictures, ObjectKey.Create("done"), _store.Now, done, _store.Now, VersioningState.Enabled,
            ObjectMetadata.None, content));
        var aborted = Begin("aborted");
        PutPart("aborted", aborted, 1, "xx");
        _store.Record(new UploadAborted(Pictures, ObjectKey.Create("aborted"), _store.Now, aborted));
        var open = Begin("open");
        PutPart("open", open, 7, "open!");
        AssertComplete();
        Assert.EndsWith(" abcd", Assert.Single(_store.Versions(Pictures)), StringComparison.Ordinal);
        Assert.Equal([$"{open.Sequence} 7 5"], _store.Catalog("SELECT upload, number, size FROM part"));
        Assert.Equal([$"{open.Sequence}"], _store.Catalog("SELECT sequence FROM upload"));
    }

    [Fact]
    public void Buckets_are_configured_and_deleted_as_they_were()
    {
        _store.Record(0, new BucketMade(new BucketId(3), _store.Now, "short-lived", "bob", ObjectMetadata.None));
        _store.Record(0, new BucketDeleted(new BucketId(3), _store.Now));
        _store.Record(0, new BucketMade(new BucketId(4), _store.Now, "short-lived", "eve", ObjectMetadata.None));
        AssertComplete();
        Assert.Equal(
            ["1 alice alice 2", "2 pictures bob 4", "3  bob 5", "4 short-lived eve 7"],
            _store.Catalog("SELECT id, CAST(name AS TEXT), owner, version FROM bucket ORDER BY id"));
    }

    // Else an older version would be taken for it.
    [Fact]
    public void A_delete_marker_of_its_name_stands_for_a_version_whose_bytes_are_lost()
    {
        var one = Put("k", "one");
        _store.Roll();
        var volume = _store.CurrentVolume;
        var two = Put("k", "two");
        _store.Roll();
        _store.Write(_store.ShardOf("k", 2) + 1, two.Sequence, PutEvent("k", two.Object, Lost(volume)));
        _store.DropVolume(volume);
        var report = _store.Rebuild();
        Assert.False(report.IsComplete);
        Assert.Equal(["k marker", $"k {one} one"], _store.Versions(Pictures));
        Assert.Equal(1, report.LostCount);
        Assert.Contains(
            $"{two.Sequence} object-version-lost", _store.Journal($"index-shard-{_store.ShardOf("k", 2)}"));
    }

    [Fact]
    public void Events_of_versions_and_buckets_that_are_lost_leave_the_others_as_they_were()
    {
        var kept = Put("k", "kept");
        _store.LosesEvents = true;
        var lost = Put("k", "lost");
        _store.Record(0, new BucketMade(new BucketId(3), _store.Now, "nobody-knows", "bob", ObjectMetadata.None));
        _store.Record(0, new BucketConfigured(
            Pictures, _store.Now, ImmutableSortedDictionary<string, string?>.Empty.Add("policy", "{}")));
        _store.LosesEvents = false;
        _store.Wait();
        _store.Record(0, new BucketMade(new BucketId(4), _store.Now, "after", "bob", ObjectMetadata.None));
        Delete("k", lost);
        _store.Record(new ObjectMetadataChanged(
            Pictures, ObjectKey.Create("k"), _store.Now, lost.Sequence, ObjectMetadata.None));
        var report = _store.Rebuild();
        Assert.False(report.IsComplete);
        Assert.Contains($"k {kept} kept", _store.Versions(Pictures));
        Assert.Equal(
            ["1 alice", "2 pictures", "3 recovered-3", "4 after"],
            _store.Catalog("SELECT id, CAST(name AS TEXT) FROM bucket ORDER BY id"));
        Assert.Equal("6 bucket-event-lost", _store.Journal("buckets")[5]);
    }

    private void AssertComplete()
    {
        var report = _store.Rebuild();
        Assert.True(report.IsComplete, System.Text.Json.JsonSerializer.Serialize(report));
        Assert.Empty(_store.Check().Problems);
    }

    private static ImmutableArray<Segment> Lost(long volume) =>
        [new(new NeedleLocation(new VolumeId(volume), 4096, 80, 3), 0, 3, true)];

    private ObjectVersionPut PutEvent(string key, ObjectId id, ImmutableArray<Segment> segments) => new(
        Pictures, ObjectKey.Create(key), _store.Now, _store.Now, id, VersioningState.Enabled, ObjectMetadata.None,
        segments);

    private VersionId Put(string key, string text)
    {
        var content = Upload(key, UploadOperation.Replace, text);
        return new VersionId(_store.Record(PutEvent(key, content.Id, content.Segments)), content.Id);
    }

    private void Delete(string key, VersionId version) => _store.Record(new ObjectVersionDeleted(
        Pictures, ObjectKey.Create(key), _store.Now, version.Sequence, version));

    private UploadId Begin(string key)
    {
        var id = new ObjectId(_store.Now.Ticks % 1_000_000);
        return new UploadId(
            _store.Record(new UploadBegun(
                Pictures, ObjectKey.Create(key), _store.Now, id, "bob", ObjectMetadata.None)),
            id);
    }

    private void PutPart(string key, UploadId upload, int number, string text)
    {
        var content = Upload(key, UploadOperation.Part, text);
        _segments[(key, text)] = content.Segments;
        _store.Record(new UploadPartPut(
            Pictures, ObjectKey.Create(key), _store.Now, upload, number, content.Id, ObjectMetadata.None,
            content.Segments));
    }

    private readonly Dictionary<(string Key, string Text), ImmutableArray<Segment>> _segments = [];

    private IEnumerable<Segment> Segments(string key, string text) =>
        _segments[(key, text)].Select(segment => segment with { StartsFile = false });

    private Content Upload(string key, UploadOperation operation, string text) =>
        _store.Upload(key, operation, BodyFormat.Raw, [Encoding.UTF8.GetBytes(text)], Pictures.Value);
}
