using System.Collections.Immutable;

namespace Ciaos.Http.S3.Documents;

/// <summary>Where a bucket's access log goes (<see cref="AccessLogs.AccessLogWriter"/>).</summary>
/// <param name="TargetBucket">Null where logging is off.</param>
/// <param name="DateSource">EventTime or DeliveryTime: keys of log objects are to be parted by date; an empty text:
/// they are expressly not to be; null: nothing was said.</param>
internal sealed record LoggingStatus(
    string? TargetBucket, string TargetPrefix, ImmutableArray<AclGrant> TargetGrants, string? DateSource)
    : IS3Document<LoggingStatus>
{
    /// <summary>Log objects are parted by the day of the requests that they tell of.</summary>
    public const string EventTime = "EventTime";

    public static readonly LoggingStatus Off = new(null, "", [], null);

    public static string Root => "BucketLoggingStatus";

    public static LoggingStatus From(XmlItem root)
    {
        if (root.Only("LoggingEnabled").Find("LoggingEnabled") is not { Children.Count: > 0 } enabled) return Off;
        enabled.Only("TargetBucket", "TargetPrefix", "TargetGrants", "TargetObjectKeyFormat");
        var grants = enabled.Find("TargetGrants")?.Only("Grant");
        return new LoggingStatus(
            enabled.GetWord("TargetBucket"),
            enabled.FindText("TargetPrefix") ?? "",
            grants is null ? [] : [.. grants.All("Grant").Select(AclGrant.From)],
            enabled.Find("TargetObjectKeyFormat") is { } format ? DateSourceOf(format) : null);
    }

    public void WriteTo(S3Xml xml)
    {
        if (TargetBucket is null) return;
        xml.Open("LoggingEnabled").Text("TargetBucket", TargetBucket).Text("TargetPrefix", TargetPrefix);
        if (TargetGrants.Length > 0)
        {
            xml.Open("TargetGrants");
            foreach (var grant in TargetGrants) grant.WriteTo(xml, displayName: null);
            xml.Close();
        }

        WriteFormat(xml);
        xml.Close();
    }

    private void WriteFormat(S3Xml xml)
    {
        if (DateSource is null) return;
        xml.Open("TargetObjectKeyFormat");
        if (DateSource.Length == 0) xml.Open("SimplePrefix").Close();
        else xml.Open("PartitionedPrefix").Text("PartitionDateSource", DateSource).Close();
        xml.Close();
    }

    private static string DateSourceOf(XmlItem format)
    {
        format.Only("SimplePrefix", "PartitionedPrefix");
        if (format.Children.Count != 1) throw XmlItem.Malformed("TargetObjectKeyFormat has one element.");
        return format.Find("PartitionedPrefix")?.Only("PartitionDateSource")
            .GetOneOf("PartitionDateSource", EventTime, "DeliveryTime") ?? "";
    }
}
