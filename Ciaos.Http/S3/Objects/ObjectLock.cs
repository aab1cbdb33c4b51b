using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>Retention and legal hold of objects: as headers, as metadata, and when they may be changed. That nothing
/// locked is deleted, the index sees to.</summary>
internal static class ObjectLock
{
    public const string ConfigKey = "object-lock";
    public const string ModeHeader = "x-amz-object-lock-mode";
    public const string UntilHeader = "x-amz-object-lock-retain-until-date";
    public const string HoldHeader = "x-amz-object-lock-legal-hold";
    public const string BypassHeader = "x-amz-bypass-governance-retention";
    public const string HoldOff = "OFF";

    /// <exception cref="S3Exception">Object lock was never switched on for the bucket.</exception>
    public static void CheckEnabled(BucketInfo bucket)
    {
        if (!bucket.Config.ContainsKey(ConfigKey))
            throw new S3Exception(S3Error.InvalidRequest, "Bucket is missing Object Lock Configuration");
    }

    /// <summary>Adds the lock that a new object gets: by its headers, else by the bucket's default.</summary>
    /// <exception cref="S3Exception">The headers are malformed, or the bucket has no object lock.</exception>
    public static void Read(
        ObjectFields fields, BucketInfo bucket, DateTimeOffset now, IDictionary<string, string> metadata)
    {
        var hold = fields.Find(HoldHeader);
        var retention = RetentionOf(fields, now);
        if (hold is not null || retention is not null) CheckEnabled(bucket);
        if (hold is not (null or ObjectMetadata.HoldOn or HoldOff))
            throw ObjectErrors.InvalidArgument("Legal Hold must be either of 'ON' or 'OFF'", HoldHeader, hold);
        if (hold is not null) metadata[ObjectMetadata.LegalHold] = hold;
        retention ??= DefaultOf(bucket, now);
        if (retention is not { Mode: { } mode, Until: { } until }) return;
        metadata[ObjectMetadata.RetentionMode] = mode;
        metadata[ObjectMetadata.RetentionUntil] = S3Xml.FormatTime(until);
    }

    public static bool IsIn(ObjectFields fields) => fields.Find(ModeHeader) is not null
        || fields.Find(UntilHeader) is not null || fields.Find(HoldHeader) is not null;

    public static void Write(HttpResponse response, IndexProtocol.ObjectRecord found)
    {
        if (found.Metadata.TryGetValue(ObjectMetadata.RetentionMode, out var mode))
            response.Headers[ModeHeader] = mode;
        if (found.Metadata.TryGetValue(ObjectMetadata.RetentionUntil, out var until))
            response.Headers[UntilHeader] = until;
        if (found.Metadata.TryGetValue(ObjectMetadata.LegalHold, out var hold)) response.Headers[HoldHeader] = hold;
    }

    /// <summary>Null where the object was never retained.</summary>
    public static Retention? RetentionOf(IndexProtocol.ObjectRecord found) =>
        found.Metadata.TryGetValue(ObjectMetadata.RetentionMode, out var mode)
            && DateTimeOffset.TryParse(
                found.Metadata.GetValueOrDefault(ObjectMetadata.RetentionUntil), CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal, out var until)
            ? new Retention(mode, until)
            : null;

    /// <summary>Whether a retention that still runs would be weakened: that takes the permission to bypass governance,
    /// and compliance is never weakened.</summary>
    /// <param name="wanted">Without a mode: the retention is to be taken away.</param>
    public static RetentionChange Judge(Retention? present, Retention wanted, DateTimeOffset now)
    {
        if (present is not { Until: { } until } || until <= now) return RetentionChange.Free;
        if (wanted.Mode == present.Mode && wanted.Until >= until) return RetentionChange.Free;
        return present.Mode == Retention.Compliance ? RetentionChange.Forbidden : RetentionChange.NeedsBypass;
    }

    public static bool WantsBypass(S3Request request) =>
        "true".Equals(request.Header(BypassHeader), StringComparison.OrdinalIgnoreCase);

    private static Retention? RetentionOf(ObjectFields fields, DateTimeOffset now)
    {
        var (mode, text) = (fields.Find(ModeHeader), fields.Find(UntilHeader));
        if (mode is null && text is null) return null;
        if (mode is null || text is null)
            throw new S3Exception(
                S3Error.InvalidArgument, $"{UntilHeader} and {ModeHeader} must both be supplied");
        if (mode is not (Retention.Governance or Retention.Compliance))
            throw ObjectErrors.InvalidArgument("Unknown wormMode directive.", ModeHeader, mode);
        if (!DocumentTime.TryParse(text, out var until))
            throw ObjectErrors.InvalidArgument(
                "The retain until date must be provided in ISO 8601 format", UntilHeader, text);
        if (until <= now) throw InPast(UntilHeader, text);
        return new Retention(mode, until);
    }

    public static S3Exception InPast(string name, string value) =>
        ObjectErrors.InvalidArgument("The retain until date must be in the future!", name, value);

    private static Retention? DefaultOf(BucketInfo bucket, DateTimeOffset now) =>
        bucket.Config.TryGetValue(ConfigKey, out var text)
            && S3Document.FromText<ObjectLockConfiguration>(text).Default is { } retention
            ? new Retention(retention.Mode, retention.Until(now))
            : null;
}

internal enum RetentionChange
{
    Free,
    NeedsBypass,
    Forbidden,
}
