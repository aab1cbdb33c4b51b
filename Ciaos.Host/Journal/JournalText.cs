using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Identity.IdentityEvents;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Host.Journal;

/// <summary>Events for people: one line each, and with all details some more.</summary>
internal static class JournalText
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    // What a key may hold must not reach the terminal as it is.
    private static readonly JsonSerializerOptions Quoting = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(
        TextWriter output, JournalEntry entry, object? message, string problem, string? owner, bool isVerbose)
    {
        var row = entry.Row;
        var at = message is IIndexEvent of ? of.At.UtcDateTime : TimeOf(row.CreatedTicks);
        var stream = string.Create(Culture, $"{Plain(row.PersistenceId)}#{row.SequenceNr}");
        output.Write(string.Create(
            Culture,
            $"{row.Ordering,8}  {stream,-20} {at:yyyy-MM-dd HH:mm:ss.ffffff}  {Plain(row.Manifest),-19} "));
        if (entry.IsDeleted) output.Write("(deleted) ");
        output.WriteLine(message is null ? "NOT UNDERSTOOD: " + Plain(problem) : What(message, owner));
        if (isVerbose && message is not null) WriteDetails(output, message);
    }

    private static string What(object message, string? owner) => message switch
    {
        IKeyEvent about => $"{BucketOf(about, owner)} {Quote(about.Key.Value)}{WhatOfKey(about)}",
        IndexCreated created => string.Create(Culture, $"{created.Shards} shards"),
        IBucketEvent about => string.Create(Culture, $"bucket {about.Bucket.Value}{WhatOfBucket(about)}")
            + (about.Audit is { } audit ? $" by {Plain(audit.By.User)}" : ""),
        BucketEventLost => "a lost event",
        VolumeCreated created => string.Create(Culture, $"volume {created.Volume.Value}"),
        VolumeSealed sealing => string.Create(
            Culture,
            $"volume {sealing.Volume.Value}, {sealing.LengthBytes:N0} bytes, "
            + $"{(sealing.Cause == SealCause.Full ? "full" : "a write failed")}"),
        VolumeQuarantined quarantined => string.Create(
            Culture, $"volume {quarantined.Volume.Value}: {Plain(quarantined.Detail)}"),
        IIdentityEvent done => WhatOf(AuditPage.Describe(0, done)),
        _ => message.GetType().Name,
    };

    private static string WhatOf(IdentityProtocol.AuditEntry entry) =>
        $"{Plain(entry.Subject)} by {Plain(entry.By.User)}"
        + string.Concat(entry.Detail.Select(item => $", {item.Key} {Quote(item.Value)}"));

    private static string WhatOfBucket(IBucketEvent message) => message switch
    {
        BucketCreated created => $" of {Quote(created.Owner)}",
        BucketMade made => $" {Quote(made.Name)} of {Quote(made.Owner)}",
        BucketConfigured configured => ": " + string.Join(
            ", ", configured.Changes.Select(change => (change.Value is null ? "no " : "") + Plain(change.Key))),
        _ => "",
    };

    private static string WhatOfKey(IKeyEvent message) => message switch
    {
        ObjectPut put => Content(put.Segments.AsSpan()),
        ObjectAppended appended => Content(appended.Segments.AsSpan()),
        ObjectRenamed renamed => " to " + Quote(renamed.NewKey.Value),
        RenameStarted started => " to " + Quote(started.NewKey.Value),
        ObjectRenamedTo to => string.Create(
            Culture, $" to {Quote(to.NewKey.Value)}, begun by event {to.StartedSequence}"),
        RenameAborted aborted => string.Create(Culture, $", begun by event {aborted.StartedSequence}"),
        ObjectRenamedFrom from => string.Create(
            Culture,
            $" from {Quote(from.Object.OldKey.Value)} of shard {from.Rename.SourceShard}, begun by event "
            + $"{from.Rename.StartedSequence}: ")
            + Amount(from.Object.SizeBytes, from.Object.FileCount, from.Object.SegmentCount),
        ObjectVersionPut put => $" ({Named(put.Versioning)})" + Content(put.Segments.AsSpan()),
        ObjectMarkerPut marker => $" ({Named(marker.Versioning)})",
        ObjectVersionLost lost => $" ({Named(lost.Versioning)})",
        ObjectVersionDeleted deleted => string.Create(
            Culture, $", version {deleted.Version}, content of event {deleted.ContentSequence}"),
        ObjectMetadataChanged changed => string.Create(Culture, $", content of event {changed.ContentSequence}"),
        UploadBegun begun => " by " + Quote(begun.Initiator),
        UploadPartPut part => string.Create(Culture, $", part {part.Number} of upload {part.Upload}")
            + Content(part.Segments.AsSpan()),
        UploadCompleted completed => string.Create(
            Culture, $" ({Named(completed.Versioning)}), upload {completed.Upload}: ")
            + Amount(completed.Content.SizeBytes, completed.Content.FileCount, completed.Content.SegmentCount),
        UploadAborted aborted => $", upload {aborted.Upload}",
        _ => "",
    };

    public static string Named(IndexProtocol.VersioningState versioning) => versioning switch
    {
        IndexProtocol.VersioningState.Enabled => "versioned",
        IndexProtocol.VersioningState.Suspended => "suspended",
        _ => "unversioned",
    };

    private static string Content(ReadOnlySpan<Segment> segments) =>
        ": " + Amount(SegmentRun.SizeOf(segments), SegmentRun.FilesOf(segments), segments.Length);

    private static string Amount(long bytes, long files, long segments) => string.Create(
        Culture,
        $"{bytes:N0} bytes in {files:N0} file{(files == 1 ? "" : "s")}, {segments:N0} "
        + $"segment{(segments == 1 ? "" : "s")}");

    private static void WriteDetails(TextWriter output, object message)
    {
        if (message is ITokenEvent { Stamp: { } stamp })
            output.WriteLine($"{"",10}idempotency key {Quote(stamp.Token.Text)}");
        foreach (var (name, value) in JournalDetails.Metadata(message))
            output.WriteLine($"{"",10}{Quote(name)} = {Quote(value)}");
        foreach (var segment in JournalDetails.Segments(message))
        {
            var needle = segment.Needle;
            output.WriteLine(needle == default
                ? $"{"",10}{(segment.StartsFile ? "file: " : "")}no bytes"
                : string.Create(
                    Culture,
                    $"{"",10}{(segment.StartsFile ? "file: " : "")}volume {needle.Volume.Value}, needle at "
                    + $"{needle.OffsetBytes}, {segment.LengthBytes} bytes from {segment.OffsetBytes} of its "
                    + $"{needle.DataBytes}"));
        }
    }

    private static string BucketOf(IKeyEvent message, string? owner) => string.Create(
        Culture, $"bucket {message.Bucket.Value}{(owner is null ? "" : $" ({Plain(owner)})")}");

    private static DateTime TimeOf(long ticks) =>
        ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new DateTime(ticks, DateTimeKind.Utc) : default;

    private static string Quote(string text) => JsonSerializer.Serialize(text, Quoting);

    private static string Plain(string text) => Quote(text)[1..^1];
}

/// <summary>What takes many lines.</summary>
internal static class JournalDetails
{
    public static IEnumerable<KeyValuePair<string, string>> Metadata(object message) => message switch
    {
        ObjectPut put => put.Metadata,
        ObjectRenamedFrom from => from.Object.Metadata,
        ObjectVersionPut put => put.Metadata,
        ObjectMetadataChanged changed => changed.Metadata,
        UploadBegun begun => begun.Metadata,
        UploadPartPut part => part.Metadata,
        UploadCompleted completed => completed.Metadata,
        BucketMade made => made.Config,
        BucketConfigured configured => configured.Changes.Where(change => change.Value is not null)
            .Select(change => KeyValuePair.Create(change.Key, change.Value!)),
        _ => [],
    };

    public static IEnumerable<Segment> Segments(object message) => message switch
    {
        ObjectPut put => put.Segments,
        ObjectAppended appended => appended.Segments,
        ObjectVersionPut put => put.Segments,
        UploadPartPut part => part.Segments,
        ObjectRenamedFrom from => from.Object.Runs.SelectMany(run => SegmentCodec.Decode(run.Encoded.Span)),
        UploadCompleted completed =>
            completed.Content.Runs.SelectMany(run => SegmentCodec.Decode(run.Encoded.Span)),
        _ => [],
    };
}
