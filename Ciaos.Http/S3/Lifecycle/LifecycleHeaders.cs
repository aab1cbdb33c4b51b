using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Actors.Lifecycle;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Lifecycle;

/// <summary>Headers that tell when a lifecycle rule will end what an answer is about. Of several rules the one that
/// comes first is told.</summary>
internal static class LifecycleHeaders
{
    /// <summary>Of the current version of an object, unless it was asked for by its id; others are not told.</summary>
    public static void Write(S3Request request, LifecycleCalendar calendar, IndexProtocol.ObjectRecord found)
    {
        if (!found.IsCurrent || request.Query.Has("versionId")) return;
        if (BucketRules.Of(request.Bucket).Lifecycle is not { } configuration) return;
        var first = configuration.Rules
            .Where(rule => rule.IsEnabled && rule.Expiration is { OfLoneMarkers: false }
                && LifecycleReader.Matches(rule.Filter, found))
            .Select(rule => (Due: DueAt(rule.Expiration!, calendar, found), rule.Id))
            .Where(rule => rule.Due is not null)
            .OrderBy(rule => rule.Due).FirstOrDefault();
        if (first.Due is { } due)
            request.Response.Headers["x-amz-expiration"] =
                $"expiry-date=\"{Text(due)}\", rule-id=\"{Uri.EscapeDataString(first.Id)}\"";
    }

    /// <summary>Of an upload in parts.</summary>
    public static void Write(S3Request request, LifecycleCalendar calendar, IndexProtocol.UploadRecord upload)
    {
        if (BucketRules.Of(request.Bucket).Lifecycle is not { } configuration) return;
        var first = configuration.Rules
            .Where(rule => rule.IsEnabled && rule.AbortUploadsAfterDays is not null
                && upload.Key.Value.StartsWith(rule.Filter.Prefix ?? "", StringComparison.Ordinal))
            .MinBy(rule => rule.AbortUploadsAfterDays);
        if (first is null) return;
        var headers = request.Response.Headers;
        headers["x-amz-abort-date"] = Text(calendar.DueAt(upload.Begun, first.AbortUploadsAfterDays!.Value));
        headers["x-amz-abort-rule-id"] = Uri.EscapeDataString(first.Id);
    }

    private static DateTimeOffset? DueAt(
        LifecycleExpiration expiration, LifecycleCalendar calendar, IndexProtocol.ObjectRecord found) =>
        expiration.Days is { } days ? calendar.DueAt(found.Modified, days) : expiration.Date;

    private static string Text(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);
}
