using System.Globalization;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Access;

/// <summary>What the conditions of policies can ask about a request.</summary>
internal static class AccessConditions
{
    private const string PostObject = "PostObject";

    /// <param name="target">Null: nothing that a bucket holds, and no bucket.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Of(
        S3Request request, DateTimeOffset now, AccessTarget? target = null)
    {
        var requestTags = target?.RequestTags;
        var conditions = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["aws:securetransport"] = [request.Http.Request.IsHttps ? "true" : "false"],
            ["aws:currenttime"] = [now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)],
            ["aws:epochtime"] = [now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)],
        };
        AddConnection(conditions, request, now);
        AddOperation(conditions, request.Operation.Name);
        AddQuery(conditions, request.Query);
        Add(conditions, "s3:prefix", target?.Prefix);
        AddHeaders(conditions, request, now);
        AddTags(conditions, "s3:requestobjecttag", requestTags ?? TagsOf(request.Header("x-amz-tagging")));
        if (requestTags is not null || request.Header("x-amz-tagging") is not null)
        {
            conditions["s3:requestobjecttagkeys"] =
                [.. (requestTags ?? TagsOf(request.Header("x-amz-tagging"))).Tags.Select(tag => tag.Key)];
        }

        if (target?.Object is { } found)
            AddTags(conditions, "s3:existingobjecttag", TagSet.FromMetadata(found.Metadata.GetValueOrDefault("tags")));
        return conditions;
    }

    /// <summary>Null: it is not known.</summary>
    public static string? SourceIpOf(HttpContext http) => http.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;

    private static void AddConnection(
        Dictionary<string, IReadOnlyList<string>> conditions, S3Request request, DateTimeOffset now)
    {
        Add(conditions, "aws:sourceip", SourceIpOf(request.Http));
        Add(conditions, "aws:useragent", request.Header("User-Agent"));
        Add(conditions, "aws:referer", request.Header("Referer"));
        if (request.Caller.IsAnonymous) return;
        conditions["s3:signatureversion"] = ["AWS4-HMAC-SHA256"];
        conditions["s3:authtype"] =
        [
            request.Operation.Name == PostObject ? "POST"
            : PresignedQuery.IsIn(request.Query) ? "REST-QUERY-STRING" : "REST-HEADER",
        ];
        if (AmzDate.TryParse(request.Query.Find("X-Amz-Date") ?? request.Header("x-amz-date") ?? "", out var signed))
            conditions["s3:signatureage"] =
                [((long)(now - signed).TotalMilliseconds).ToString(CultureInfo.InvariantCulture)];
    }

    // Parts and the beginning of an upload need the same right as a whole object, but make none yet: policies that ask
    // for conditional writes let them pass by this.
    private static void AddOperation(Dictionary<string, IReadOnlyList<string>> conditions, string operation)
    {
        if (operation is "PutObject" or PostObject or "CompleteMultipartUpload")
            conditions["s3:objectcreationoperation"] = ["true"];
        else if (operation is "CreateMultipartUpload" or "UploadPart")
            conditions["s3:objectcreationoperation"] = ["false"];
    }

    private static void AddQuery(Dictionary<string, IReadOnlyList<string>> conditions, S3Query query)
    {
        Add(conditions, "s3:prefix", query.Find("prefix"));
        Add(conditions, "s3:delimiter", query.Find("delimiter"));
        Add(conditions, "s3:max-keys", query.Find("max-keys"));
        Add(conditions, "s3:versionid", query.Find("versionId"));
    }

    // Most keys of S3 are named as the headers that they are about.
    private static void AddHeaders(
        Dictionary<string, IReadOnlyList<string>> conditions, S3Request request, DateTimeOffset now)
    {
        const string lockPrefix = "x-amz-object-lock-";
        foreach (var (header, values) in request.Headers)
        {
            var name = header.ToLowerInvariant();
            var value = values.ToString();
            if (name.StartsWith(lockPrefix, StringComparison.Ordinal))
                conditions["s3:object-lock-" + name[lockPrefix.Length..]] = [value];
            else if (name == "x-amz-copy-source")
                conditions["s3:x-amz-copy-source"] = [Uri.UnescapeDataString(value).TrimStart('/')];
            else if (name is "if-match" or "if-none-match")
                conditions["s3:" + name] = [value];
            else if (name.StartsWith("x-amz-", StringComparison.Ordinal))
                conditions["s3:" + name] = [value];
        }

        if (request.Header(lockPrefix + "retain-until-date") is { } until && DocumentTime.TryParse(until, out var date))
        {
            var days = Math.Max(0, (long)Math.Ceiling((date - now).TotalDays));
            conditions["s3:object-lock-remaining-retention-days"] = [days.ToString(CultureInfo.InvariantCulture)];
        }
    }

    private static void AddTags(
        Dictionary<string, IReadOnlyList<string>> conditions, string key, TagSet tags)
    {
        foreach (var tag in tags.Tags) conditions[$"{key}/{tag.Key}"] = [tag.Value];
    }

    private static void Add(Dictionary<string, IReadOnlyList<string>> conditions, string key, string? value)
    {
        if (value is not null) conditions[key] = [value];
    }

    private static TagSet TagsOf(string? header) => header is null ? TagSet.Empty : TagSet.ParseHeader(header);
}
