using System.Collections.Immutable;
using System.Runtime.Serialization;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class IndexEventCodecSpec
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    private static readonly BucketId Bucket = new(5);
    private static readonly ObjectKey Key = ObjectKey.Create("cats/1.jpg");
    private static readonly UploadId Upload = new(300, new ObjectId(77));
    private static readonly ObjectId Id = new(Micros.From(At) - 1500);

    private static readonly ImmutableSortedDictionary<string, string> Jpeg =
        ImmutableSortedDictionary<string, string>.Empty.Add("content-type", "image/jpeg");

    private static readonly ImmutableArray<Segment> OneNeedle =
        [new(new NeedleLocation(new VolumeId(7), 8192, 88, 300_000), 0, 300_000, true)];

    /// <summary>What the lines of the golden file say. Journals hold such bytes: a change here makes them
    /// unreadable.</summary>
    private static readonly Dictionary<string, IIndexEvent> Golden = new(StringComparer.Ordinal)
    {
        [IndexEventCodec.PutManifest] = new ObjectPut(Bucket, Key, At, At, Id, Jpeg, OneNeedle),
        [IndexEventCodec.AppendedManifest] = new ObjectAppended(Bucket, Key, At, Id, OneNeedle),
        [IndexEventCodec.DeletedManifest] = new ObjectDeleted(Bucket, Key, At, Id),
        [IndexEventCodec.RenamedManifest] = new ObjectRenamed(Bucket, Key, At, ObjectKey.Create("dog")),
        [IndexEventCodec.RenameStartedManifest] = new RenameStarted(Bucket, Key, At, ObjectKey.Create("dog")),
        [IndexEventCodec.RenamedFromManifest] = new ObjectRenamedFrom(
            Bucket, ObjectKey.Create("dog"), At, new RenameId(3, 300),
            new MovedObject(Key, Id, At, At, 300_000, 1, 1, Jpeg, SegmentRun.Cut(0, 0, OneNeedle.AsSpan()))),
        [IndexEventCodec.RenamedToManifest] = new ObjectRenamedTo(Bucket, Key, At, 300, ObjectKey.Create("dog")),
        [IndexEventCodec.RenameAbortedManifest] = new RenameAborted(Bucket, Key, At, 300),
        [IndexEventCodec.BucketCreatedManifest] = new BucketCreated(Bucket, At, "alice"),
        [IndexEventCodec.IndexCreatedManifest] = new IndexCreated(16, At),
        [IndexEventCodec.LostManifest] = new ObjectLost(Bucket, Key, At),
        [IndexEventCodec.VersionPutManifest] =
            new ObjectVersionPut(Bucket, Key, At, At, Id, VersioningState.Enabled, Jpeg, OneNeedle),
        [IndexEventCodec.MarkerPutManifest] = new ObjectMarkerPut(Bucket, Key, At, Id, VersioningState.Suspended),
        [IndexEventCodec.VersionDeletedManifest] =
            new ObjectVersionDeleted(Bucket, Key, At, 300, new VersionId(300, Id)),
        [IndexEventCodec.MetadataChangedManifest] = new ObjectMetadataChanged(Bucket, Key, At, 300, Jpeg),
        [IndexEventCodec.UploadBegunManifest] = new UploadBegun(Bucket, Key, At, Id, "alice", Jpeg),
        [IndexEventCodec.UploadPartPutManifest] =
            new UploadPartPut(Bucket, Key, At, Upload, 2, Id, Jpeg, OneNeedle),
        [IndexEventCodec.UploadCompletedManifest] = new UploadCompleted(
            Bucket, Key, At, Upload, At, VersioningState.Enabled, Jpeg, SegmentRun.Pack(OneNeedle)),
        [IndexEventCodec.UploadAbortedManifest] = new UploadAborted(Bucket, Key, At, Upload),
        [IndexEventCodec.VersionLostManifest] = new ObjectVersionLost(Bucket, Key, At, Id, VersioningState.Enabled),
        [IndexEventCodec.BucketMadeManifest] = new BucketMade(Bucket, At, "pictures", "alice", Jpeg),
        [IndexEventCodec.BucketConfiguredManifest] = new BucketConfigured(
            Bucket, At,
            ImmutableSortedDictionary<string, string?>.Empty.Add("policy", null).Add("versioning", "enabled")),
        [IndexEventCodec.BucketDeletedManifest] = new BucketDeleted(Bucket, At),
        [IndexEventCodec.BucketEventLostManifest] = new BucketEventLost(At),
    };

    public static TheoryData<string, string> GoldenLines
    {
        get
        {
            var lines = new TheoryData<string, string>();
            foreach (var file in new[] { "index-events-v1.txt", "index-events-v2.txt" })
                foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", file)))
                    lines.Add(line.Split(' ')[0], line.Split(' ')[1]);
            return lines;
        }
    }

    [Theory]
    [MemberData(nameof(GoldenLines))]
    public void Stored_bytes_stay_what_they_were(string manifest, string hex)
    {
        var golden = Golden[manifest];
        Assert.Equal(hex, Convert.ToHexStringLower(IndexEventCodec.Encode(golden)));
        Assert.Equal(manifest, IndexEventCodec.ManifestOf(golden));
        AssertSame(golden, IndexEventCodec.Decode(manifest, Convert.FromHexString(hex)));
    }

    public static TheoryData<string, string> GoldenTokenLines
    {
        get
        {
            var lines = new TheoryData<string, string>();
            var file = Path.Combine(AppContext.BaseDirectory, "Golden", "index-events-v3.txt");
            foreach (var line in File.ReadLines(file))
                lines.Add(line.Split(' ')[0], line.Split(' ')[1]);
            return lines;
        }
    }

    [Theory]
    [MemberData(nameof(GoldenTokenLines))]
    public void Stored_bytes_of_writes_with_tokens_stay_what_they_were(string manifest, string hex)
    {
        var token = new IdempotencyToken("retry-7", 300_064, 0xDEADBEEF);
        IIndexEvent golden = Golden[manifest] switch
        {
            ObjectPut put => put with { Stamp = new IdempotencyStamp(token, WriteOperation.Create) },
            ObjectAppended appended => appended with { Stamp = new IdempotencyStamp(token, WriteOperation.Append) },
            ObjectVersionPut put => put with { Stamp = new IdempotencyStamp(token, WriteOperation.Upsert) },
            var other => throw new InvalidDataException($"{other.GetType()} has no token"),
        };
        Assert.Equal(hex, Convert.ToHexStringLower(IndexEventCodec.Encode(golden)));
        Assert.Equal(manifest, IndexEventCodec.ManifestOf(golden));
        AssertSame(golden, IndexEventCodec.Decode(manifest, Convert.FromHexString(hex)));
    }

    public static TheoryData<string, string> GoldenAuditLines
    {
        get
        {
            var lines = new TheoryData<string, string>();
            var file = Path.Combine(AppContext.BaseDirectory, "Golden", "index-events-v4.txt");
            foreach (var line in File.ReadLines(file))
                lines.Add(line.Split(' ')[0], line.Split(' ')[1]);
            return lines;
        }
    }

    [Theory]
    [MemberData(nameof(GoldenAuditLines))]
    public void Stored_bytes_that_tell_who_had_it_done_stay_what_they_were(string manifest, string hex)
    {
        var audit = new BucketAudit(new IdentityProtocol.Origin("alice", "AKALICE", "10.0.0.7"), "pictures");
        IIndexEvent golden = Golden[manifest] switch
        {
            BucketMade made => made with { Audit = audit },
            BucketConfigured configured => configured with { Audit = audit },
            BucketDeleted deleted => deleted with { Audit = audit },
            var other => throw new InvalidDataException($"{other.GetType()} does not tell who had it done"),
        };
        Assert.Equal(hex, Convert.ToHexStringLower(IndexEventCodec.Encode(golden)));
        AssertSame(golden, IndexEventCodec.Decode(manifest, Convert.FromHexString(hex)));
    }

    [Fact]
    public void Only_changes_of_buckets_tell_who_had_them_done()
    {
        var bytes = IndexEventCodec.Encode(new BucketCreated(Bucket, At, "alice"));
        bytes[0] = IndexEventCodec.AuditVersion;
        Assert.Throws<SerializationException>(
            () => IndexEventCodec.Decode(IndexEventCodec.BucketCreatedManifest, [.. bytes, 0, 0, 0, 0]));
    }

    [Fact]
    public void Only_writes_have_tokens()
    {
        var bytes = IndexEventCodec.Encode(new ObjectDeleted(Bucket, Key, At, Id));
        var stamped = IndexEventCodec.Encode(new ObjectAppended(Bucket, Key, At, Id, OneNeedle)
        {
            Stamp = new IdempotencyStamp(new IdempotencyToken("t", 1, 2), WriteOperation.Append),
        });
        var same = bytes.AsSpan(1).CommonPrefixLength(stamped.AsSpan(1)) + 1;
        byte[] both = [.. stamped[..same], .. stamped[same..(same + 5)], .. bytes[same..]];
        var wrong = Assert.Throws<SerializationException>(
            () => IndexEventCodec.Decode(IndexEventCodec.DeletedManifest, both));
        Assert.Contains("such an event has no token", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_on_formats_shows_the_golden_bytes()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Ciaos.sln"))) root = root.Parent!;
        var page = string.Concat(
            File.ReadAllText(Path.Combine(root.FullName, "docs", "formats-index.md")).Split('\n', ' '));
        Assert.Equal(Golden.Count, GoldenLines.Count);
        foreach (var line in GoldenAuditLines) Assert.Contains(string.Concat(line), page, StringComparison.Ordinal);
        foreach (var line in GoldenTokenLines) Assert.Contains(
            string.Concat(line), page, StringComparison.Ordinal);
        foreach (var line in GoldenLines) Assert.Contains(string.Concat(line), page, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_event_comes_back_as_it_was() => Prop.ForAll(Arb.From(IndexGen.Event), message =>
    {
        AssertSame(
            message, IndexEventCodec.Decode(IndexEventCodec.ManifestOf(message), IndexEventCodec.Encode(message)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_event_with_a_bit_flipped_or_bytes_cut_is_an_event_or_a_clear_error() =>
        Prop.ForAll(Arb.From(IndexGen.Event), Arb.From(Gen.Choose(0, int.MaxValue)), (message, at) =>
        {
            var bytes = IndexEventCodec.Encode(message);
            bytes[at % bytes.Length] ^= (byte)(1 << (at % 8));
            return IsEventOrError(IndexEventCodec.ManifestOf(message), bytes)
                && IsEventOrError(IndexEventCodec.ManifestOf(message), bytes[..(at % bytes.Length)]);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_put_of_a_one_needle_object_takes_few_bytes_beyond_its_key() =>
        Assert.InRange(
            IndexEventCodec.Encode(
                new ObjectPut(Bucket, Key, At, At, Id, Jpeg, OneNeedle)).Length - Key.Value.Length, 1, 64);

    [Fact]
    public void A_later_version_of_the_layout_is_refused()
    {
        var bytes = IndexEventCodec.Encode(new RenameAborted(Bucket, Key, At, 3));
        bytes[0] = 4;
        var wrong = Assert.Throws<SerializationException>(
            () => IndexEventCodec.Decode(IndexEventCodec.RenameAbortedManifest, bytes));
        Assert.Contains("version 4 of the layout is not known", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_manifest_is_refused() =>
        Assert.Throws<SerializationException>(
            () => IndexEventCodec.Decode(
                "object-eaten", IndexEventCodec.Encode(new RenameAborted(Bucket, Key, At, 3))));

    [Fact]
    public void Bytes_behind_the_end_are_refused() =>
        Assert.Throws<SerializationException>(() => IndexEventCodec.Decode(
            IndexEventCodec.RenameAbortedManifest,
            [.. IndexEventCodec.Encode(new RenameAborted(Bucket, Key, At, 3)), 0]));

    private static string Json(IIndexEvent message) =>
        System.Text.Json.JsonSerializer.Serialize(message, message.GetType());

    private static bool IsEventOrError(string manifest, byte[] bytes)
    {
        try
        {
            return IndexEventCodec.Decode(manifest, bytes) is not null;
        }
        catch (SerializationException)
        {
            return true;
        }
    }

    // Records compare their collections by reference: unpack those and compare the rest.
    private static void AssertSame(IIndexEvent expected, IIndexEvent found)
    {
        var none = ImmutableSortedDictionary<string, string>.Empty;
        switch (expected, found)
        {
            case (ObjectPut left, ObjectPut right):
                Assert.Equal(left.Segments.ToArray(), right.Segments.ToArray());
                Assert.Equal(left.Metadata, right.Metadata);
                Assert.Equal(left with { Segments = default, Metadata = none },
                    right with { Segments = default, Metadata = none });
                break;
            case (ObjectAppended left, ObjectAppended right):
                Assert.Equal(left.Segments.ToArray(), right.Segments.ToArray());
                Assert.Equal(left with { Segments = default }, right with { Segments = default });
                break;
            case (ObjectRenamedFrom left, ObjectRenamedFrom right):
                Assert.Equal(left.Object.Runs.ToArray(), right.Object.Runs.ToArray());
                Assert.Equal(left.Object.Metadata, right.Object.Metadata);
                Assert.Equal(
                    left with { Object = left.Object with { Runs = default, Metadata = none } },
                    right with { Object = right.Object with { Runs = default, Metadata = none } });
                break;
            default:
                Assert.Equal(expected.GetType(), found.GetType());
                Assert.Equal(Json(expected), Json(found));
                break;
        }
    }
}
