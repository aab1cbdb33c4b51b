using System.Collections.Immutable;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

/// <summary>Random values of the index, valid ones.</summary>
internal static class IndexGen
{
    private static readonly Gen<long> Long = Gen.OneOf(
        Gen.Choose(0, 300).Select(value => (long)value),
        Gen.Choose(0, int.MaxValue).Select(value => (long)value),
        Gen.Choose(0, int.MaxValue).Select(value => long.MaxValue - value));

    public static readonly Gen<ObjectKey> Key =
        from prefix in Gen.Elements("a", "b/", "ключ", "\0", "%2F", "𝄞")
        from number in Gen.Choose(0, 50)
        select ObjectKey.Create($"{prefix}{number}");

    public static readonly Gen<DateTimeOffset> Time =
        from seconds in Gen.Choose(0, int.MaxValue)
        from micros in Gen.Choose(0, 999_999)
        select DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddMicroseconds(micros);

    public static readonly Gen<ImmutableSortedDictionary<string, string>> Metadata =
        Gen.Elements(
            ImmutableSortedDictionary<string, string>.Empty,
            ImmutableSortedDictionary<string, string>.Empty.Add("content-type", "image/jpeg"),
            ImmutableSortedDictionary<string, string>.Empty.Add("a", "").Add("ü", "б"));

    private static readonly Gen<NeedleLocation> Needle =
        from volume in Long
        from offset in Long
        from dataStart in Gen.Choose(0, int.MaxValue)
        from data in Gen.OneOf(Gen.Choose(0, 100), Gen.Choose(0, int.MaxValue))
        select new NeedleLocation(new VolumeId(volume), offset, dataStart, data);

    private static readonly Gen<SegmentPick> Pick =
        from needle in Gen.Choose(-1, 3)
        from one in Gen.Choose(0, 1000)
        from other in Gen.Choose(0, 1000)
        from startsFile in Gen.Elements(true, false)
        select new SegmentPick(needle, Math.Min(one, other), Math.Max(one, other), startsFile);

    public static Gen<ImmutableArray<Segment>> Segments(int max) =>
        from needles in Needle.ArrayOf(4)
        from count in Gen.Choose(1, max)
        from picks in Pick.ArrayOf(count)
        select picks.Select(pick => pick.Of(needles)).ToImmutableArray();

    private static readonly Gen<IdempotencyStamp?> Stamp =
        from text in Gen.Elements("", "t", "with spaces ~!", new string('x', IdempotencyToken.MaxLength))
        from bytes in Long
        from crc in Gen.Choose(int.MinValue, int.MaxValue)
        from operation in Gen.Elements(Enum.GetValues<WriteOperation>())
        select text.Length == 0
            ? (IdempotencyStamp?)null
            : new IdempotencyStamp(new IdempotencyToken(text, bytes, unchecked((uint)crc)), operation);

    public static readonly Gen<IIndexEvent> Event =
        from bucket in Long.Select(value => new BucketId(value))
        from key in Key
        from newKey in Key
        from at in Time
        from age in Gen.Choose(0, int.MaxValue)
        from number in Long
        from metadata in Metadata
        from segments in Segments(20)
        from kind in Gen.Choose(0, 22)
        from stamp in Stamp
        select Stamped(Make(kind, bucket, key, newKey, at, Earlier(at, age), number, metadata, segments), stamp);

    private static IIndexEvent Stamped(IIndexEvent message, IdempotencyStamp? stamp) => message switch
    {
        ObjectPut put => put with { Stamp = stamp },
        ObjectAppended appended => appended with { Stamp = stamp },
        ObjectVersionPut put => put with { Stamp = stamp },
        _ => message,
    };

    private static DateTimeOffset Earlier(DateTimeOffset at, int micros) =>
        at - DateTimeOffset.UnixEpoch < TimeSpan.FromMicroseconds(micros) ? at : at.AddMicroseconds(-micros);

    private static IIndexEvent Make(
        int kind,
        BucketId bucket,
        ObjectKey key,
        ObjectKey newKey,
        DateTimeOffset at,
        DateTimeOffset created,
        long number,
        ImmutableSortedDictionary<string, string> metadata,
        ImmutableArray<Segment> segments) => kind switch
        {
            0 => new ObjectPut(bucket, key, at, created, new ObjectId(number), metadata, segments),
            1 => new ObjectAppended(bucket, key, at, new ObjectId(number), segments),
            2 => new ObjectDeleted(bucket, key, at, new ObjectId(number)),
            3 => new ObjectRenamed(bucket, key, at, newKey),
            4 => new RenameStarted(bucket, key, at, newKey),
            5 => new ObjectRenamedFrom(
                bucket, newKey, at, new RenameId(7, number), Moved(key, created, at, metadata, segments)),
            6 => new ObjectRenamedTo(bucket, key, at, number, newKey),
            7 => new RenameAborted(bucket, key, at, number),
            8 => new IndexCreated(1 << (int)(bucket.Value % 13), at),
            9 => new BucketCreated(bucket, at, "alice"),
            _ => MakeVersion(kind, bucket, key, at, created, number, metadata, segments),
        };

    private static IIndexEvent MakeVersion(
        int kind,
        BucketId bucket,
        ObjectKey key,
        DateTimeOffset at,
        DateTimeOffset created,
        long number,
        ImmutableSortedDictionary<string, string> metadata,
        ImmutableArray<Segment> segments)
    {
        var versioning = (VersioningState)(number % 3);
        var upload = new UploadId(number, new ObjectId(bucket.Value));
        return kind switch
        {
            10 => new ObjectVersionPut(
                bucket, key, at, created, new ObjectId(number), versioning, metadata, segments),
            11 => new ObjectMarkerPut(bucket, key, at, new ObjectId(number), versioning),
            12 => new ObjectVersionDeleted(
                bucket, key, at, number, number % 2 == 0 ? default : new VersionId(number, new ObjectId(5))),
            13 => new ObjectMetadataChanged(bucket, key, at, number, metadata),
            14 => new UploadBegun(bucket, key, at, new ObjectId(number), "кто-то", metadata),
            15 => new UploadPartPut(
                bucket, key, at, upload, (int)(number % 10_000), new ObjectId(number), metadata, segments),
            16 => new UploadCompleted(
                bucket, key, at, upload, created, versioning, metadata, SegmentRun.Pack(segments)),
            17 => new UploadAborted(bucket, key, at, upload),
            18 => new ObjectVersionLost(bucket, key, at, new ObjectId(number), versioning),
            19 => new BucketMade(bucket, at, "pictures", "alice", metadata) { Audit = AuditOf(number) },
            20 => new BucketConfigured(
                bucket, at, metadata.ToImmutableSortedDictionary(pair => pair.Key, pair => (string?)pair.Value)
                    .Add("gone", null))
            {
                Audit = AuditOf(number),
            },
            21 => new BucketDeleted(bucket, at) { Audit = AuditOf(number) },
            _ => new BucketEventLost(at),
        };
    }

    private static BucketAudit? AuditOf(long number) => (number % 3) switch
    {
        0 => null,
        1 => new BucketAudit(new IdentityProtocol.Origin("кто-то"), "pictures"),
        _ => new BucketAudit(new IdentityProtocol.Origin("bob", "AKBOB", "::1"), "pictures"),
    };

    private static MovedObject Moved(
        ObjectKey key,
        DateTimeOffset created,
        DateTimeOffset modified,
        ImmutableSortedDictionary<string, string> metadata,
        ImmutableArray<Segment> segments) => new(
            key, new ObjectId(99), created, modified, SegmentRun.SizeOf(segments.AsSpan()),
            SegmentRun.FilesOf(segments.AsSpan()), segments.Length, metadata, SegmentRun.Cut(0, 0, segments.AsSpan()));

    private sealed record SegmentPick(int Needle, int FromPermille, int ToPermille, bool StartsFile)
    {
        public Segment Of(NeedleLocation[] needles)
        {
            if (Needle < 0) return new Segment(default, 0, 0, StartsFile);
            var needle = needles[Needle];
            var from = (int)((long)needle.DataBytes * FromPermille / 1000);
            var to = (int)((long)needle.DataBytes * ToPermille / 1000);
            return new Segment(needle, from, to - from, StartsFile);
        }
    }
}
