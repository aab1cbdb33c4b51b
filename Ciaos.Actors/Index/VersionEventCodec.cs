using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>The bytes of the events of versions and of uploads in parts, behind what all events of keys begin
/// with.</summary>
internal static class VersionEventCodec
{
    public static void Write(PackedWriter writer, IKeyEvent message)
    {
        switch (message)
        {
            case ObjectVersionPut put:
                writer.Byte((byte)put.Versioning);
                writer.Unsigned(Micros.From(put.At) - Micros.From(put.Created));
                WriteId(writer, put.Id, put.At);
                writer.Metadata(put.Metadata);
                SegmentCodec.Write(writer, put.Segments.AsSpan());
                break;
            case ObjectMarkerPut marker:
                writer.Byte((byte)marker.Versioning);
                WriteId(writer, marker.Id, marker.At);
                break;
            case ObjectVersionLost lost:
                writer.Byte((byte)lost.Versioning);
                WriteId(writer, lost.Id, lost.At);
                break;
            case ObjectVersionDeleted deleted:
                writer.Unsigned(deleted.ContentSequence);
                writer.Unsigned(deleted.Version.Sequence);
                writer.Unsigned(deleted.Version.Object.Value);
                break;
            case ObjectMetadataChanged changed:
                writer.Unsigned(changed.ContentSequence);
                writer.Metadata(changed.Metadata);
                break;
            default:
                WriteUpload(writer, message);
                break;
        }
    }

    /// <summary>Null: the manifest is not one of these.</summary>
    public static IKeyEvent? Read(
        string manifest, ref PackedReader reader, BucketId bucket, ObjectKey key, DateTimeOffset at) => manifest switch
        {
            IndexEventCodec.VersionPutManifest => ReadPut(ref reader, bucket, key, at),
            IndexEventCodec.MarkerPutManifest => ReadMarker(ref reader, bucket, key, at),
            IndexEventCodec.VersionLostManifest => ReadLost(ref reader, bucket, key, at),
            IndexEventCodec.VersionDeletedManifest => new ObjectVersionDeleted(
                bucket, key, at, reader.Unsigned(), new VersionId(reader.Unsigned(), new ObjectId(reader.Unsigned()))),
            IndexEventCodec.MetadataChangedManifest =>
                new ObjectMetadataChanged(bucket, key, at, reader.Unsigned(), reader.Metadata()),
            IndexEventCodec.UploadBegunManifest => new UploadBegun(
                bucket, key, at, IndexEventCodec.ReadId(ref reader, at), reader.Text(), reader.Metadata()),
            IndexEventCodec.UploadPartPutManifest => ReadPart(ref reader, bucket, key, at),
            IndexEventCodec.UploadCompletedManifest => new UploadCompleted(
                bucket, key, at, ReadUpload(ref reader), IndexEventCodec.ReadCreated(ref reader, at),
                ReadVersioning(ref reader), reader.Metadata(), IndexEventCodec.ReadRuns(ref reader)),
            IndexEventCodec.UploadAbortedManifest => new UploadAborted(bucket, key, at, ReadUpload(ref reader)),
            _ => null,
        };

    private static void WriteUpload(PackedWriter writer, IKeyEvent message)
    {
        switch (message)
        {
            case UploadBegun begun:
                WriteId(writer, begun.Id, begun.At);
                writer.Text(begun.Initiator);
                writer.Metadata(begun.Metadata);
                break;
            case UploadPartPut part:
                WriteId(writer, part.Upload);
                writer.Unsigned(part.Number);
                WriteId(writer, part.Id, part.At);
                writer.Metadata(part.Metadata);
                SegmentCodec.Write(writer, part.Segments.AsSpan());
                break;
            case UploadCompleted completed:
                WriteId(writer, completed.Upload);
                writer.Unsigned(Micros.From(completed.At) - Micros.From(completed.Created));
                writer.Byte((byte)completed.Versioning);
                writer.Metadata(completed.Metadata);
                IndexEventCodec.WriteRuns(writer, completed.Content.Runs);
                break;
            case UploadAborted aborted:
                WriteId(writer, aborted.Upload);
                break;
        }
    }

    private static ObjectVersionPut ReadPut(ref PackedReader reader, BucketId bucket, ObjectKey key, DateTimeOffset at)
    {
        var versioning = ReadVersioning(ref reader);
        var created = IndexEventCodec.ReadCreated(ref reader, at);
        var id = IndexEventCodec.ReadId(ref reader, at);
        var metadata = reader.Metadata();
        return new ObjectVersionPut(
            bucket, key, at, created, id, versioning, metadata, IndexEventCodec.ReadSegments(ref reader));
    }

    private static ObjectMarkerPut ReadMarker(
        ref PackedReader reader, BucketId bucket, ObjectKey key, DateTimeOffset at)
    {
        var versioning = ReadVersioning(ref reader);
        return new ObjectMarkerPut(bucket, key, at, IndexEventCodec.ReadId(ref reader, at), versioning);
    }

    private static ObjectVersionLost ReadLost(
        ref PackedReader reader, BucketId bucket, ObjectKey key, DateTimeOffset at)
    {
        var versioning = ReadVersioning(ref reader);
        return new ObjectVersionLost(bucket, key, at, IndexEventCodec.ReadId(ref reader, at), versioning);
    }

    private static UploadPartPut ReadPart(ref PackedReader reader, BucketId bucket, ObjectKey key, DateTimeOffset at)
    {
        var upload = ReadUpload(ref reader);
        var number = reader.Unsigned();
        if (number > int.MaxValue) throw reader.Wrong($"there is no part {number}");
        var id = IndexEventCodec.ReadId(ref reader, at);
        var metadata = reader.Metadata();
        return new UploadPartPut(
            bucket, key, at, upload, (int)number, id, metadata, IndexEventCodec.ReadSegments(ref reader));
    }

    private static VersioningState ReadVersioning(ref PackedReader reader)
    {
        var state = reader.Byte();
        return state <= (byte)VersioningState.Suspended
            ? (VersioningState)state
            : throw reader.Wrong($"versioning cannot be {state}");
    }

    private static UploadId ReadUpload(ref PackedReader reader) =>
        new(reader.Unsigned(), new ObjectId(reader.Unsigned()));

    private static void WriteId(PackedWriter writer, ObjectId id, DateTimeOffset at) =>
        writer.Signed(Micros.From(at) - id.Value);

    private static void WriteId(PackedWriter writer, UploadId upload)
    {
        writer.Unsigned(upload.Sequence);
        writer.Unsigned(upload.Object.Value);
    }
}
