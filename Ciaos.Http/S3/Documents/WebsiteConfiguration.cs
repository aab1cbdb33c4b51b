using System.Collections.Immutable;

namespace Ciaos.Http.S3.Documents;

/// <summary>How a bucket is to be served as a website. Kept and returned: the node serves no websites.</summary>
internal sealed record WebsiteConfiguration(
    string? IndexSuffix, string? ErrorKey, WebsiteRedirect? RedirectAll, ImmutableArray<WebsiteRule> Rules)
    : IS3Document<WebsiteConfiguration>
{
    private const int MaxRules = 50;

    public static string Root => "WebsiteConfiguration";

    public static WebsiteConfiguration From(XmlItem root)
    {
        root.Only("IndexDocument", "ErrorDocument", "RedirectAllRequestsTo", "RoutingRules");
        var index = root.Find("IndexDocument")?.Only("Suffix").GetText("Suffix");
        var error = root.Find("ErrorDocument")?.Only("Key").GetText("Key");
        var all = root.Find("RedirectAllRequestsTo") is { } redirect ? RedirectAllOf(redirect) : null;
        ImmutableArray<WebsiteRule> rules =
            root.Find("RoutingRules")?.Only("RoutingRule") is { } items
                ? [.. items.All("RoutingRule").Select(WebsiteRule.From)]
                : [];
        if (all is not null && root.Children.Count > 1)
            throw XmlItem.Malformed("RedirectAllRequestsTo cannot be combined with other settings.");
        if (all is null && index is null) throw XmlItem.Malformed("An IndexDocument is needed.");
        if (index is "" || index?.Contains('/') == true)
            throw DocumentErrors.InvalidArgument("The IndexDocument Suffix is not well formed", "IndexDocument", index);
        if (rules.Length > MaxRules) throw XmlItem.Malformed($"There can be at most {MaxRules} routing rules.");
        return new WebsiteConfiguration(index, error, all, rules);
    }

    public void WriteTo(S3Xml xml)
    {
        if (RedirectAll is { } all)
        {
            xml.Open("RedirectAllRequestsTo");
            all.WriteTo(xml);
            xml.Close();
        }

        if (IndexSuffix is not null) xml.Open("IndexDocument").Text("Suffix", IndexSuffix).Close();
        if (ErrorKey is not null) xml.Open("ErrorDocument").Text("Key", ErrorKey).Close();
        if (Rules.Length == 0) return;
        xml.Open("RoutingRules");
        foreach (var rule in Rules) rule.WriteTo(xml);
        xml.Close();
    }

    private static WebsiteRedirect RedirectAllOf(XmlItem item)
    {
        item.Only("HostName", "Protocol");
        return new WebsiteRedirect(
            item.FindOneOf("Protocol", "http", "https"), item.GetWord("HostName"), null, null, null);
    }
}

/// <param name="KeyPrefix">The rule holds for keys that begin so; null: for all.</param>
/// <param name="ErrorCode">The rule holds for answers with this status; null: for all.</param>
internal sealed record WebsiteRule(string? KeyPrefix, string? ErrorCode, WebsiteRedirect Redirect)
{
    public static WebsiteRule From(XmlItem item)
    {
        item.Only("Condition", "Redirect");
        var condition = item.Find("Condition")?.Only("KeyPrefixEquals", "HttpErrorCodeReturnedEquals");
        return new WebsiteRule(
            condition?.FindText("KeyPrefixEquals"),
            condition?.FindWord("HttpErrorCodeReturnedEquals"),
            WebsiteRedirect.From(item.Get("Redirect")));
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Open("RoutingRule");
        if (KeyPrefix is not null || ErrorCode is not null)
        {
            xml.Open("Condition").Text("KeyPrefixEquals", KeyPrefix);
            xml.Text("HttpErrorCodeReturnedEquals", ErrorCode).Close();
        }

        xml.Open("Redirect");
        Redirect.WriteTo(xml);
        xml.Close().Close();
    }
}

internal sealed record WebsiteRedirect(
    string? Protocol, string? HostName, string? ReplaceKeyPrefixWith, string? ReplaceKeyWith, string? HttpCode)
{
    public static WebsiteRedirect From(XmlItem item)
    {
        item.Only("Protocol", "HostName", "ReplaceKeyPrefixWith", "ReplaceKeyWith", "HttpRedirectCode");
        if (item.Find("ReplaceKeyPrefixWith") is not null && item.Find("ReplaceKeyWith") is not null)
            throw XmlItem.Malformed("ReplaceKeyPrefixWith and ReplaceKeyWith exclude each other.");
        return new WebsiteRedirect(
            item.FindOneOf("Protocol", "http", "https"),
            item.FindWord("HostName"),
            item.FindText("ReplaceKeyPrefixWith"),
            item.FindText("ReplaceKeyWith"),
            item.FindWord("HttpRedirectCode"));
    }

    public void WriteTo(S3Xml xml) => xml
        .Text("Protocol", Protocol)
        .Text("HostName", HostName)
        .Text("ReplaceKeyPrefixWith", ReplaceKeyPrefixWith)
        .Text("ReplaceKeyWith", ReplaceKeyWith)
        .Text("HttpRedirectCode", HttpCode);
}
