using System.Collections.Immutable;

namespace Ciaos.Http.S3.Documents;

/// <summary>Who is to be told about which changes of a bucket. An empty document switches notifications off.</summary>
/// <param name="EventBridge">Kept and returned: there is no event bridge here.</param>
internal sealed record NotificationConfiguration(ImmutableArray<NotificationTarget> Targets, bool EventBridge)
    : IS3Document<NotificationConfiguration>
{
    public static readonly NotificationConfiguration Empty = new([], false);

    private const int MaxTargets = 100;

    public static string Root => "NotificationConfiguration";

    public static NotificationConfiguration From(XmlItem root)
    {
        root.Only(
            "TopicConfiguration", "QueueConfiguration", "CloudFunctionConfiguration", "EventBridgeConfiguration");
        var targets = root.Children.Where(item => item.Name != "EventBridgeConfiguration")
            .Select(NotificationTarget.From).ToImmutableArray();
        if (targets.Length > MaxTargets) throw XmlItem.Malformed($"There can be at most {MaxTargets} targets.");
        if (targets.DistinctBy(target => target.Id, StringComparer.Ordinal).Count() < targets.Length)
            throw new S3Exception(S3Error.InvalidArgument, "Two notifications have the same Id.");
        return new NotificationConfiguration(targets, root.Find("EventBridgeConfiguration") is not null);
    }

    public void WriteTo(S3Xml xml)
    {
        foreach (var target in Targets) target.WriteTo(xml);
        if (EventBridge) xml.Open("EventBridgeConfiguration").Close();
    }
}

/// <summary>A topic, queue or function, and the changes that it is told about. A topic whose ARN is
/// <c>arn:ciaos:webhook:::</c> and a URL is called over HTTP; other ARNs are kept and returned.</summary>
/// <param name="Kind">Topic, Queue or CloudFunction.</param>
/// <param name="Events">Such as <c>s3:ObjectCreated:*</c>.</param>
internal sealed record NotificationTarget(
    string Kind, string Id, string Arn, ImmutableArray<string> Events, string? Prefix, string? Suffix)
{
    /// <summary>What stands before the URL of a webhook.</summary>
    public const string WebhookArn = "arn:ciaos:webhook:::";

    private static readonly string[] EventFamilies =
    [
        "s3:ObjectCreated:", "s3:ObjectRemoved:", "s3:ObjectRestore:", "s3:ReducedRedundancyLostObject",
        "s3:Replication:", "s3:LifecycleTransition", "s3:LifecycleExpiration:", "s3:IntelligentTiering",
        "s3:ObjectAcl:", "s3:ObjectTagging:", "s3:TestEvent", "s3:ObjectAnnotation:",
    ];

    /// <summary>Where to call; null where the target is no webhook.</summary>
    public Uri? Webhook =>
        Kind == "Topic" && Arn.StartsWith(WebhookArn, StringComparison.Ordinal)
        && Uri.TryCreate(Arn[WebhookArn.Length..], UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : null;

    public static NotificationTarget From(XmlItem item)
    {
        var kind = item.Name[..^"Configuration".Length];
        item.Only("Id", kind, "Event", "Filter");
        var events = item.All("Event").Select(name => name.Leaf().Trim()).ToImmutableArray();
        if (events.Length == 0) throw XmlItem.Malformed("A notification needs at least one Event.");
        foreach (var name in events)
        {
            if (!EventFamilies.Any(family => name.StartsWith(family, StringComparison.Ordinal)))
                throw DocumentErrors.InvalidArgument("The event is not supported for notifications.", "Event", name);
        }

        var (prefix, suffix) = FilterOf(item.Find("Filter"));
        var (id, arn) = (item.FindText("Id"), item.GetWord(kind));
        var target = new NotificationTarget(
            kind, string.IsNullOrEmpty(id) ? IdOf(kind, arn, events, prefix, suffix) : id, arn, events, prefix, suffix);
        var isWebhook = arn.StartsWith(WebhookArn, StringComparison.Ordinal);
        if (!arn.StartsWith("arn:", StringComparison.Ordinal) || (isWebhook && target.Webhook is null))
            throw DocumentErrors.InvalidArgument("The ARN is not well formed.", kind, arn);
        return target;
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Open(Kind + "Configuration").Text("Id", Id).Text(Kind, Arn);
        foreach (var name in Events) xml.Text("Event", name);
        if (Prefix is not null || Suffix is not null)
        {
            xml.Open("Filter").Open("S3Key");
            WriteRule(xml, "prefix", Prefix);
            WriteRule(xml, "suffix", Suffix);
            xml.Close().Close();
        }

        xml.Close();
    }

    private static void WriteRule(S3Xml xml, string name, string? value)
    {
        if (value is not null) xml.Open("FilterRule").Text("Name", name).Text("Value", value).Close();
    }

    private static (string? Prefix, string? Suffix) FilterOf(XmlItem? filter)
    {
        if (filter?.Only("S3Key").Find("S3Key")?.Only("FilterRule") is not { } key) return (null, null);
        string? prefix = null, suffix = null;
        foreach (var rule in key.All("FilterRule"))
        {
            rule.Only("Name", "Value");
            var (name, value) = (rule.GetWord("Name").ToLowerInvariant(), rule.GetText("Value"));
            if (name == "prefix" && prefix is null) prefix = value;
            else if (name == "suffix" && suffix is null) suffix = value;
            else
            {
                throw DocumentErrors.InvalidArgument(
                    "A filter has one prefix and one suffix.", "FilterRule.Name", name);
            }
        }

        return (prefix, suffix);
    }

    // Made from what it says, so that it is the same whenever the same document is read.
    private static string IdOf(string kind, string arn, IEnumerable<string> events, string? prefix, string? suffix) =>
        GeneratedId.Of([kind, arn, .. events, prefix ?? "", suffix ?? ""]);
}
