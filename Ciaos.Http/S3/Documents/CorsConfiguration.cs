using System.Buffers;
using System.Collections.Immutable;

namespace Ciaos.Http.S3.Documents;

/// <summary>Which pages of other origins may use a bucket from within a browser.</summary>
internal sealed record CorsConfiguration(ImmutableArray<CorsRule> Rules) : IS3Document<CorsConfiguration>
{
    public const int MaxRules = 100;

    public static string Root => "CORSConfiguration";

    public static CorsConfiguration From(XmlItem root)
    {
        var rules = root.Only("CORSRule").All("CORSRule").Select(CorsRule.From).ToImmutableArray();
        return rules.Length is > 0 and <= MaxRules
            ? new CorsConfiguration(rules)
            : throw XmlItem.Malformed($"There are 1 to {MaxRules} CORS rules.");
    }

    /// <summary>The first rule that allows the request, or null.</summary>
    public CorsRule? Find(string origin, string method, IReadOnlyCollection<string> headers) =>
        Rules.FirstOrDefault(rule => rule.Allows(origin, method, headers));

    public void WriteTo(S3Xml xml)
    {
        foreach (var rule in Rules) rule.WriteTo(xml);
    }
}

/// <param name="MaxAgeSeconds">How long a browser may remember the answer; null where nothing was said. Negative
/// numbers are taken, as by S3: to browsers they mean not at all.</param>
internal sealed record CorsRule(
    string? Id,
    ImmutableArray<string> Origins,
    ImmutableArray<string> Methods,
    ImmutableArray<string> Headers,
    ImmutableArray<string> ExposedHeaders,
    long? MaxAgeSeconds)
{
    private const int MaxIdLength = 255;

    private static readonly SearchValues<char> TokenLetters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly string[] KnownMethods = ["GET", "PUT", "POST", "DELETE", "HEAD"];

    public static CorsRule From(XmlItem item)
    {
        item.Only("ID", "AllowedOrigin", "AllowedMethod", "AllowedHeader", "ExposeHeader", "MaxAgeSeconds");
        var rule = new CorsRule(
            item.FindText("ID"), Words(item, "AllowedOrigin"), Words(item, "AllowedMethod"),
            Words(item, "AllowedHeader"), Words(item, "ExposeHeader"), item.FindNumber("MaxAgeSeconds"));
        if (rule.Origins.Length == 0 || rule.Methods.Length == 0)
            throw XmlItem.Malformed("A CORS rule needs an AllowedOrigin and an AllowedMethod.");
        if (rule.Id is { Length: > MaxIdLength })
            throw XmlItem.Malformed($"An ID has at most {MaxIdLength} characters.");
        foreach (var method in rule.Methods)
        {
            if (!IsMethod(method))
                throw Refuse($"Found unsupported HTTP method in CORS config. Unsupported method is {method}");
        }

        foreach (var pattern in rule.Origins.Concat(rule.Headers))
        {
            if (pattern.Count(letter => letter == '*') > 1) throw Refuse($"\"{pattern}\" has more than one wildcard.");
        }

        foreach (var header in rule.ExposedHeaders)
            if (header.Contains('*')) throw Refuse($"ExposeHeader \"{header}\" contains wildcard.");
        return rule;
    }

    /// <summary>Asked when rules are put: what is kept already was judged when it came.</summary>
    /// <exception cref="S3Exception">No header can be called so.</exception>
    public void RequireHeaderNames()
    {
        foreach (var header in Headers.Concat(ExposedHeaders))
            if (!IsHeader(header)) throw Refuse($"Header \"{header}\" contains invalid character.");
    }

    /// <summary>Whether a rule can allow it: in capitals, as pages ask for it.</summary>
    public static bool IsMethod(string method) => KnownMethods.Contains(method, StringComparer.Ordinal);

    /// <summary>Whether it is a token, as names of headers are (RFC 9110, 5.6.2).</summary>
    public static bool IsHeader(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenLetters);

    /// <param name="headers">Names of headers that the page wants to send.</param>
    public bool Allows(string origin, string method, IReadOnlyCollection<string> headers) =>
        Methods.Contains(method, StringComparer.Ordinal)
        && Origins.Any(pattern => Matches(pattern, origin, StringComparison.Ordinal))
        && headers.All(name => Headers.Any(pattern => Matches(pattern, name, StringComparison.OrdinalIgnoreCase)));

    public void WriteTo(S3Xml xml)
    {
        xml.Open("CORSRule").Text("ID", Id);
        foreach (var method in Methods) xml.Text("AllowedMethod", method);
        foreach (var origin in Origins) xml.Text("AllowedOrigin", origin);
        foreach (var header in Headers) xml.Text("AllowedHeader", header);
        foreach (var header in ExposedHeaders) xml.Text("ExposeHeader", header);
        if (MaxAgeSeconds is { } seconds) xml.Number("MaxAgeSeconds", seconds);
        xml.Close();
    }

    private static bool Matches(string pattern, string text, StringComparison comparison)
    {
        var star = pattern.IndexOf('*');
        if (star < 0) return pattern.Equals(text, comparison);
        return text.Length >= pattern.Length - 1
            && text.StartsWith(pattern[..star], comparison)
            && text.EndsWith(pattern[(star + 1)..], comparison);
    }

    private static ImmutableArray<string> Words(XmlItem item, string name) =>
        [.. item.All(name).Select(child => child.Leaf().Trim())];

    private static S3Exception Refuse(string text) => new(S3Error.InvalidRequest, text);
}
