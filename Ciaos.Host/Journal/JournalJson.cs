using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using static Ciaos.Actors.Identity.IdentityEvents;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Host.Journal;

/// <summary>Events for programs: one JSON object in one line, with everything. docs/check.md lists the
/// fields.</summary>
internal static class JournalJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Line(JournalEntry entry, object? message, string problem, string? owner)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            WriteRow(json, entry);
            if (message is null)
            {
                json.WriteString("problem", problem);
                json.WriteBase64String("payload", entry.Row.Message);
            }
            else
            {
                json.WriteStartObject("event");
                WriteEvent(json, message, owner);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteRow(Utf8JsonWriter json, JournalEntry entry)
    {
        var row = entry.Row;
        json.WriteNumber("position", row.Ordering);
        json.WriteString("stream", row.PersistenceId);
        json.WriteNumber("number", row.SequenceNr);
        if (row.CreatedTicks >= 0 && row.CreatedTicks <= DateTime.MaxValue.Ticks)
            json.WriteString("written", new DateTime(row.CreatedTicks, DateTimeKind.Utc));
        json.WriteString("writer", row.WriterUuid);
        if (entry.IsDeleted) json.WriteBoolean("deleted", true);
        json.WriteNumber("serializer", row.SerializerId);
        json.WriteString("manifest", row.Manifest);
        json.WriteNumber("payloadBytes", row.Message.Length);
    }

    private static void WriteEvent(Utf8JsonWriter json, object message, string? owner)
    {
        switch (message)
        {
            case IKeyEvent about:
                json.WriteNumber("bucket", about.Bucket.Value);
                if (owner is not null) json.WriteString("owner", owner);
                json.WriteString("key", about.Key.Value);
                json.WriteString("at", about.At.UtcDateTime);
                if (about is ITokenEvent { Stamp: { } stamp }) json.WriteString("idempotencyKey", stamp.Token.Text);
                WriteRest(json, about);
                break;
            case IndexCreated created:
                json.WriteNumber("shards", created.Shards);
                json.WriteString("at", created.At.UtcDateTime);
                break;
            case IBucketEvent about:
                json.WriteNumber("bucket", about.Bucket.Value);
                WriteRest(json, about);
                json.WriteString("at", about.At.UtcDateTime);
                if (about.Audit is { } audit) json.WriteString("by", audit.By.User);
                break;
            case BucketEventLost lost:
                json.WriteString("at", lost.At.UtcDateTime);
                break;
            case IVolumeEvent about:
                json.WriteNumber("volume", about.Volume.Value);
                WriteRest(json, about);
                break;
            case IIdentityEvent about:
                WriteRest(json, about);
                break;
        }
    }

    private static void WriteRest(Utf8JsonWriter json, IIdentityEvent message)
    {
        var entry = AuditPage.Describe(0, message);
        json.WriteString("at", entry.At.UtcDateTime);
        json.WriteString("by", entry.By.User);
        json.WriteString("subject", entry.Subject);
        foreach (var (name, value) in entry.Detail) json.WriteString(name, value);
    }

    private static void WriteRest(Utf8JsonWriter json, IBucketEvent message)
    {
        switch (message)
        {
            case BucketCreated created:
                json.WriteString("owner", created.Owner);
                break;
            case BucketMade made:
                json.WriteString("name", made.Name);
                json.WriteString("owner", made.Owner);
                WriteTexts(
                    json, "config", made.Config.Select(part => KeyValuePair.Create(part.Key, (string?)part.Value)));
                break;
            case BucketConfigured configured:
                WriteTexts(json, "changes", configured.Changes);
                break;
        }
    }

    private static void WriteTexts(
        Utf8JsonWriter json, string property, IEnumerable<KeyValuePair<string, string?>> texts)
    {
        json.WriteStartObject(property);
        foreach (var (name, value) in texts) json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void WriteRest(Utf8JsonWriter json, IVolumeEvent message)
    {
        switch (message)
        {
            case VolumeCreated created:
                json.WriteString("at", created.At.UtcDateTime);
                break;
            case VolumeSealed sealing:
                json.WriteNumber("lengthBytes", sealing.LengthBytes);
                json.WriteString("cause", sealing.Cause == SealCause.Full ? "full" : "write-failed");
                json.WriteNumber("highestNeedle", sealing.HighestNeedle.Value);
                break;
            case VolumeQuarantined quarantined:
                json.WriteString("detail", quarantined.Detail);
                break;
        }
    }

    private static void WriteRest(Utf8JsonWriter json, IKeyEvent message)
    {
        switch (message)
        {
            case ObjectPut put:
                json.WriteNumber("object", put.Id.Value);
                json.WriteString("created", put.Created.UtcDateTime);
                WriteSize(json, SegmentRun.SizeOf(put.Segments.AsSpan()), SegmentRun.FilesOf(put.Segments.AsSpan()));
                break;
            case ObjectAppended appended:
                var added = appended.Segments.AsSpan();
                json.WriteNumber("object", appended.Id.Value);
                WriteSize(json, SegmentRun.SizeOf(added), SegmentRun.FilesOf(added));
                break;
            case ObjectDeleted deleted:
                json.WriteNumber("object", deleted.Id.Value);
                break;
            case ObjectRenamed renamed:
                json.WriteString("newKey", renamed.NewKey.Value);
                break;
            case RenameStarted started:
                json.WriteString("newKey", started.NewKey.Value);
                break;
            case ObjectRenamedTo to:
                json.WriteString("newKey", to.NewKey.Value);
                json.WriteNumber("startedNumber", to.StartedSequence);
                break;
            case RenameAborted aborted:
                json.WriteNumber("startedNumber", aborted.StartedSequence);
                break;
            case ObjectRenamedFrom from:
                WriteArrival(json, from);
                break;
            default:
                VersionJson.Write(json, message);
                break;
        }

        WriteDetails(json, message);
    }

    private static void WriteArrival(Utf8JsonWriter json, ObjectRenamedFrom from)
    {
        json.WriteString("oldKey", from.Object.OldKey.Value);
        json.WriteNumber("sourceShard", from.Rename.SourceShard);
        json.WriteNumber("startedNumber", from.Rename.StartedSequence);
        json.WriteNumber("object", from.Object.Id.Value);
        json.WriteString("created", from.Object.Created.UtcDateTime);
        json.WriteString("modified", from.Object.Modified.UtcDateTime);
        WriteSize(json, from.Object.SizeBytes, from.Object.FileCount);
    }

    public static void WriteSize(Utf8JsonWriter json, long bytes, long files)
    {
        json.WriteNumber("sizeBytes", bytes);
        json.WriteNumber("files", files);
    }

    private static void WriteDetails(Utf8JsonWriter json, IKeyEvent message)
    {
        var hasContent = message is ObjectPut or ObjectAppended or ObjectRenamedFrom or ObjectVersionPut
            or UploadPartPut or UploadCompleted;
        if (hasContent || message is ObjectMetadataChanged or UploadBegun)
            WriteTexts(
                json, "metadata",
                JournalDetails.Metadata(message).Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        if (!hasContent) return;
        json.WriteStartArray("segments");
        foreach (var segment in JournalDetails.Segments(message))
        {
            json.WriteStartObject();
            json.WriteBoolean("startsFile", segment.StartsFile);
            json.WriteNumber("volume", segment.Needle.Volume.Value);
            json.WriteNumber("needle", segment.Needle.OffsetBytes);
            json.WriteNumber("dataStart", segment.Needle.DataStartBytes);
            json.WriteNumber("dataBytes", segment.Needle.DataBytes);
            json.WriteNumber("offset", segment.OffsetBytes);
            json.WriteNumber("length", segment.LengthBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
