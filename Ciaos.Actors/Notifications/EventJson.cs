using System.Buffers;
using System.Globalization;
using System.Text.Json;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Actors.Notifications;

/// <summary>Writes changes as S3 writes its event notifications (event version 2.1).</summary>
internal static class EventJson
{
    /// <param name="region">Of the S3 front end.</param>
    public static ReadOnlyMemory<byte> Write(
        BucketInfo bucket, WebhookTarget target, string region, IEnumerable<ObjectChange> changes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("Records");
        foreach (var change in changes) Write(json, bucket, target, region, change);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(
        Utf8JsonWriter json, BucketInfo bucket, WebhookTarget target, string region, ObjectChange change)
    {
        json.WriteStartObject();
        json.WriteString("eventVersion", "2.1");
        json.WriteString("eventSource", "aws:s3");
        json.WriteString("awsRegion", region);
        json.WriteString(
            "eventTime",
            change.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString("eventName", change.Name);
        json.WriteStartObject("s3");
        json.WriteString("s3SchemaVersion", "1.0");
        json.WriteString("configurationId", target.Id);
        json.WriteStartObject("bucket");
        json.WriteString("name", bucket.Name);
        json.WriteStartObject("ownerIdentity");
        json.WriteString("principalId", bucket.Owner);
        json.WriteEndObject();
        json.WriteString("arn", "arn:aws:s3:::" + bucket.Name);
        json.WriteEndObject();
        json.WriteStartObject("object");
        json.WriteString("key", EncodeKey(change.Key.Value));
        if (change.SizeBytes is { } size) json.WriteNumber("size", size);
        if (change.ETag is { } tag) json.WriteString("eTag", tag);
        if (change.VersionId is { } version) json.WriteString("versionId", version);
        json.WriteString("sequencer", change.Sequence.ToString("X16", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // As in a form: S3's clients take it back with the same rules.
    private static string EncodeKey(string key) => Uri.EscapeDataString(key)
        .Replace("%20", "+", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.Ordinal);
}
