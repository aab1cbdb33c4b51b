using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Http.Raw;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ciaos.Http.S3.Objects;

/// <summary>The conditional headers of S3. They mean what those of HTTP mean, but entity tags come without their quotes
/// too, and none is ever refused as malformed.</summary>
internal static class S3Conditions
{
    public static readonly Conditions None = new(null, null, null, null);

    private const string CopyPrefix = "x-amz-copy-source-";
    private const string RenamePrefix = "x-amz-rename-source-";

    /// <summary>Of the object that the request names.</summary>
    public static Conditions Read(IHeaderDictionary headers)
    {
        var count = headers.IfMatch.Count + headers.IfNoneMatch.Count
            + headers.IfModifiedSince.Count + headers.IfUnmodifiedSince.Count;
        return count == 0 ? None : Read(headers, "");
    }

    /// <summary>Of the object that is copied.</summary>
    public static Conditions ReadOfSource(IHeaderDictionary headers) => Read(headers, CopyPrefix);

    /// <summary>Of the object that is renamed.</summary>
    public static Conditions ReadOfRename(IHeaderDictionary headers) => Read(headers, RenamePrefix);

    /// <summary>Of a write. Dates count for nothing there.</summary>
    /// <exception cref="S3Exception">Both kinds of tags at once.</exception>
    public static Conditions ReadOfWrite(IHeaderDictionary headers)
    {
        var conditions = Read(headers);
        if (conditions != None) conditions = conditions with { ModifiedSince = null, UnmodifiedSince = null };
        return conditions is { Match: not null, NoneMatch: not null }
            ? throw new S3Exception(
                S3Error.NotImplemented, "If-Match and If-None-Match cannot be combined in one request.")
            : conditions;
    }

    /// <summary>The condition that an entity tag alone makes.</summary>
    public static ImmutableArray<string>? TagsOf(string? list)
    {
        if (string.IsNullOrWhiteSpace(list)) return null;
        return
        [
            .. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Unquoted),
        ];
    }

    /// <exception cref="S3Exception">They do not hold, as a read tells it.</exception>
    public static void CheckRead(Conditions conditions, IndexProtocol.ObjectRecord found)
    {
        var verdict = conditions.JudgeRead(found);
        if (verdict == Verdict.Proceed) return;
        throw new S3Exception(verdict == Verdict.NotModified ? S3Error.NotModified : S3Error.PreconditionFailed)
        {
            Details = [new("Condition", conditions.Match is null ? "If-Unmodified-Since" : "If-Match")],
            Headers =
            [
                new("ETag", $"\"{found.ETag}\""),
                new("Last-Modified", Conditions.LastModified(found).ToString("R")),
            ],
        };
    }

    /// <summary>What was there is looked at before the body comes, and once more, by the index, when the write
    /// happens.</summary>
    /// <param name="now">Null where nothing is, or a delete marker.</param>
    /// <exception cref="S3Exception">They do not hold now.</exception>
    public static IndexProtocol.Precondition CheckWrite(Conditions conditions, IndexProtocol.ObjectRecord? now)
    {
        if (conditions.JudgeWrite(now) == Verdict.Proceed) return conditions.ForWrite(now);
        throw new S3Exception(now is null ? S3Error.NoSuchKey : S3Error.PreconditionFailed)
        {
            Details = [new("Condition", conditions.Match is null ? "If-None-Match" : "If-Match")],
        };
    }

    private static Conditions Read(IHeaderDictionary headers, string prefix) => new(
        TagsOf(headers[prefix + "If-Match"]),
        TagsOf(headers[prefix + "If-None-Match"]),
        Date(headers[prefix + "If-Modified-Since"].ToString()),
        Date(headers[prefix + "If-Unmodified-Since"].ToString()));

    private static DateTimeOffset? Date(string header) =>
        HeaderUtilities.TryParseDate(header, out var date) ? date : null;

    private static string Unquoted(string tag)
    {
        if (tag.StartsWith("W/", StringComparison.Ordinal)) tag = tag[2..];
        return tag is ['"', .., '"'] ? tag[1..^1] : tag;
    }
}
