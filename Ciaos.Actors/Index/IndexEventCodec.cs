using System.Collections.Immutable;
using System.Runtime.Serialization;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Index;

/// <summary>
/// The bytes of the index's events. Every event begins with the version of its layout (1), the bucket's id, the key
/// and the time; what follows depends on its manifest, the name that the journal keeps beside the bytes. In version 2
/// the token of a write stands between, in version 3 an event about a bucket tells at its end who had it done; an event
/// without either is always written in version 1.
/// Spec with worked examples: docs/formats-index.md.
/// </summary>
internal static class IndexEventCodec
{
    public const byte Version = 1;
    public const byte TokenVersion = 2;
    public const byte AuditVersion = 3;

    public const string PutManifest = "object-put";
    public const string AppendedManifest = "object-appended";
    public const string DeletedManifest = "object-deleted";
    public const string RenamedManifest = "object-renamed";
    public const string RenameStartedManifest = "rename-started";
    public const string RenamedFromManifest = "object-renamed-from";
    public const string RenamedToManifest = "object-renamed-to";
    public const string RenameAbortedManifest = "rename-aborted";
    public const string BucketCreatedManifest = "bucket-created";
    public const string IndexCreatedManifest = "index-created";
    public const string LostManifest = "object-lost";
    public const string VersionPutManifest = "object-version-put";
    public const string MarkerPutManifest = "object-marker-put";
    public const string VersionDeletedManifest = "object-version-deleted";
    public const string MetadataChangedManifest = "object-metadata-changed";
    public const string UploadBegunManifest = "upload-begun";
    public const string UploadPartPutManifest = "upload-part-put";
    public const string UploadCompletedManifest = "upload-completed";
    public const string UploadAbortedManifest = "upload-aborted";
    public const string BucketMadeManifest = "bucket-made";
    public const string BucketConfiguredManifest = "bucket-configured";
    public const string BucketDeletedManifest = "bucket-deleted";
    public const string BucketEventLostManifest = "bucket-event-lost";
    public const string VersionLostManifest = "object-version-lost";

    public static string ManifestOf(object message) => message switch
    {
        ObjectPut => PutManifest,
        ObjectAppended => AppendedManifest,
        ObjectDeleted => DeletedManifest,
        ObjectRenamed => RenamedManifest,
        RenameStarted => RenameStartedManifest,
        ObjectRenamedFrom => RenamedFromManifest,
        ObjectRenamedTo => RenamedToManifest,
        RenameAborted => RenameAbortedManifest,
        BucketCreated => BucketCreatedManifest,
        IndexCreated => IndexCreatedManifest,
        ObjectLost => LostManifest,
        ObjectVersionPut => VersionPutManifest,
        ObjectMarkerPut => MarkerPutManifest,
        ObjectVersionDeleted => VersionDeletedManifest,
        ObjectMetadataChanged => MetadataChangedManifest,
        UploadBegun => UploadBegunManifest,
        UploadPartPut => UploadPartPutManifest,
        UploadCompleted => UploadCompletedManifest,
        UploadAborted => UploadAbortedManifest,
        BucketMade => BucketMadeManifest,
        BucketConfigured => BucketConfiguredManifest,
        BucketDeleted => BucketDeletedManifest,
        BucketEventLost => BucketEventLostManifest,
        ObjectVersionLost => VersionLostManifest,
        _ => throw new SerializationException($"{message.GetType()} is no event of the index"),
    };

    /// <summary>A rebuild has made it up, in place of one that was lost.</summary>
    public static bool StandsForLost(string manifest) =>
        manifest is LostManifest or VersionLostManifest or BucketEventLostManifest;

    public static byte[] Encode(object message)
    {
        var writer = new PackedWriter();
        var stamp = (message as ITokenEvent)?.Stamp;
        var audit = (message as IBucketEvent)?.Audit;
        writer.Byte(audit is not null ? AuditVersion : stamp is null ? Version : TokenVersion);
        switch (message)
        {
            case IndexCreated or BucketEventLost or IBucketEvent:
                BucketEventCodec.Write(writer, (IIndexEvent)message);
                if (audit is not null) BucketEventCodec.Write(writer, audit);
                break;
            case IKeyEvent keyEvent:
                writer.Unsigned(keyEvent.Bucket.Value);
                writer.Text(keyEvent.Key.Value);
                writer.Time(keyEvent.At);
                if (stamp is { } given) StampCodec.Write(writer, given);
                WriteRest(writer, keyEvent);
                break;
            default:
                throw new SerializationException($"{message.GetType()} is no event of the index");
        }

        return writer.Finish();
    }

    /// <exception cref="SerializationException">The bytes are no such event, or one of a later version.</exception>
    public static IIndexEvent Decode(string manifest, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new PackedReader(bytes);
            var version = reader.Byte();
            var decoded = version switch
            {
                Version => BucketEventCodec.Read(manifest, ref reader)
                    ?? ReadKeyEvent(manifest, ref reader, new BucketId(reader.Unsigned())),
                TokenVersion => ReadTokenEvent(manifest, ref reader),
                AuditVersion => BucketEventCodec.ReadAudited(manifest, ref reader),
                _ => throw reader.Wrong(
                    $"version {version} of the layout is not known, {Version} to {AuditVersion} are"),
            };
            reader.End();
            return decoded;
        }
        catch (SerializationException wrong)
        {
            throw new SerializationException($"Event {manifest} of {bytes.Length} bytes: {wrong.Message}", wrong);
        }
    }

    private static void WriteRest(PackedWriter writer, IKeyEvent message)
    {
        switch (message)
        {
            case ObjectPut put:
                writer.Unsigned(Micros.From(put.At) - Micros.From(put.Created));
                writer.Signed(Micros.From(put.At) - put.Id.Value);
                writer.Metadata(put.Metadata);
                SegmentCodec.Write(writer, put.Segments.AsSpan());
                break;
            case ObjectAppended appended:
                writer.Signed(Micros.From(appended.At) - appended.Id.Value);
                SegmentCodec.Write(writer, appended.Segments.AsSpan());
                break;
            case ObjectDeleted deleted:
                writer.Signed(Micros.From(deleted.At) - deleted.Id.Value);
                break;
            case ObjectRenamed renamed:
                writer.Text(renamed.NewKey.Value);
                break;
            case RenameStarted started:
                writer.Text(started.NewKey.Value);
                break;
            case ObjectRenamedFrom from:
                writer.Unsigned(from.Rename.SourceShard);
                writer.Unsigned(from.Rename.StartedSequence);
                WriteMoved(writer, from.Object);
                break;
            case ObjectRenamedTo to:
                writer.Unsigned(to.StartedSequence);
                writer.Text(to.NewKey.Value);
                break;
            case RenameAborted aborted:
                writer.Unsigned(aborted.StartedSequence);
                break;
            default:
                VersionEventCodec.Write(writer, message);
                break;
        }
    }

    private static IKeyEvent ReadTokenEvent(string manifest, ref PackedReader reader)
    {
        var bucket = new BucketId(reader.Unsigned());
        var (key, at) = (reader.Key(), reader.Time());
        var stamp = StampCodec.Read(ref reader);
        return ReadRest(manifest, ref reader, bucket, key, at) switch
        {
            ObjectPut put => put with { Stamp = stamp },
            ObjectAppended appended => appended with { Stamp = stamp },
            ObjectVersionPut put => put with { Stamp = stamp },
            _ => throw reader.Wrong("such an event has no token"),
        };
    }

    private static IKeyEvent ReadKeyEvent(string manifest, ref PackedReader reader, BucketId bucket)
    {
        var key = reader.Key();
        var at = reader.Time();
        return ReadRest(manifest, ref reader, bucket, key, at);
    }

    private static IKeyEvent ReadRest(
        string manifest, ref PackedReader reader, BucketId bucket, ObjectKey key, DateTimeOffset at)
    {
        return manifest switch
        {
            PutManifest => ReadPut(ref reader, bucket, key, at),
            AppendedManifest => new ObjectAppended(bucket, key, at, ReadId(ref reader, at), ReadSegments(ref reader)),
            DeletedManifest => new ObjectDeleted(bucket, key, at, ReadId(ref reader, at)),
            RenamedManifest => new ObjectRenamed(bucket, key, at, reader.Key()),
            RenameStartedManifest => new RenameStarted(bucket, key, at, reader.Key()),
            RenamedFromManifest =>
                new ObjectRenamedFrom(bucket, key, at, ReadRename(ref reader), ReadMoved(ref reader)),
            RenamedToManifest => new ObjectRenamedTo(bucket, key, at, reader.Unsigned(), reader.Key()),
            RenameAbortedManifest => new RenameAborted(bucket, key, at, reader.Unsigned()),
            LostManifest => new ObjectLost(bucket, key, at),
            _ => VersionEventCodec.Read(manifest, ref reader, bucket, key, at)
                ?? throw reader.Wrong("there is no event of this name"),
        };
    }

    private static ObjectPut ReadPut(ref PackedReader reader, BucketId bucket, ObjectKey key, DateTimeOffset at)
    {
        var created = ReadCreated(ref reader, at);
        var id = ReadId(ref reader, at);
        var metadata = reader.Metadata();
        return new ObjectPut(bucket, key, at, created, id, metadata, ReadSegments(ref reader));
    }

    public static DateTimeOffset ReadCreated(ref PackedReader reader, DateTimeOffset at) =>
        Micros.TryTime(Micros.From(at) - reader.Unsigned(), out var created)
            ? created
            : throw reader.Wrong("the object was made before time began");

    public static ObjectId ReadId(ref PackedReader reader, DateTimeOffset at)
    {
        var before = reader.Signed();
        var micros = Micros.From(at);
        if (before > micros || before < micros - long.MaxValue) throw reader.Wrong("the object's id is out of range");
        return new ObjectId(micros - before);
    }

    public static ImmutableArray<Segment> ReadSegments(ref PackedReader reader)
    {
        var segments = SegmentCodec.Read(ref reader);
        return segments.IsEmpty ? throw reader.Wrong("there is no segment") : segments;
    }

    private static RenameId ReadRename(ref PackedReader reader)
    {
        var shard = reader.Unsigned();
        if (shard >= KeySlot.Count) throw reader.Wrong($"there is no shard {shard}");
        return new RenameId((int)shard, reader.Unsigned());
    }

    private static void WriteMoved(PackedWriter writer, MovedObject moved)
    {
        writer.Text(moved.OldKey.Value);
        writer.Unsigned(moved.Id.Value);
        writer.Time(moved.Created);
        writer.Time(moved.Modified);
        writer.Metadata(moved.Metadata);
        WriteRuns(writer, moved.Runs);
    }

    private static MovedObject ReadMoved(ref PackedReader reader)
    {
        var oldKey = reader.Key();
        var id = new ObjectId(reader.Unsigned());
        var created = reader.Time();
        var modified = reader.Time();
        var metadata = reader.Metadata();
        var content = ReadRuns(ref reader);
        return new MovedObject(
            oldKey, id, created, modified, content.SizeBytes, content.FileCount, content.SegmentCount, metadata,
            content.Runs);
    }

    public static void WriteRuns(PackedWriter writer, ImmutableArray<SegmentRun> runs)
    {
        writer.Unsigned(runs.Length);
        foreach (var run in runs) writer.Bytes(run.Encoded.Span);
    }

    // Sizes and counts are taken from the runs themselves, so that they cannot contradict them.
    public static SegmentRuns ReadRuns(ref PackedReader reader)
    {
        var runs = ImmutableArray.CreateBuilder<SegmentRun>(reader.Count());
        long size = 0, files = 0, segments = 0;
        for (var i = 0; i < runs.Capacity; i++)
        {
            var encoded = reader.Bytes().ToArray();
            var run = SegmentCodec.Decode(encoded);
            if (run.Length is 0 or > SegmentRun.MaxSegments) throw reader.Wrong($"a run of {run.Length} segments");
            runs.Add(new SegmentRun(segments, size, encoded));
            segments += run.Length;
            size = AddSize(ref reader, size, SegmentRun.SizeOf(run.AsSpan()));
            files += SegmentRun.FilesOf(run.AsSpan());
        }

        if (segments == 0) throw reader.Wrong("there is no segment");
        return new SegmentRuns(size, files, segments, runs.MoveToImmutable());
    }

    private static long AddSize(ref PackedReader reader, long size, long more) =>
        more <= long.MaxValue - size ? size + more : throw reader.Wrong("the object is larger than a number can tell");
}
