using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ciaos.Http.S3.Auth;

/// <summary>
/// A request in the one form that both sides sign. S3's own rules: the path is decoded once and encoded again, because
/// clients differ in what they leave unencoded, but nothing in it is resolved or merged; the query is sorted.
/// </summary>
internal static class CanonicalRequest
{
    public const string SignatureParameter = "X-Amz-Signature";

    private const string PlainCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static readonly SearchValues<char> Plain = SearchValues.Create(PlainCharacters);
    private static readonly SearchValues<char> PlainOrSlash = SearchValues.Create(PlainCharacters + "/");

    /// <param name="rawTarget">As in the request line.</param>
    /// <param name="signedHeaders">Lower-case names, in the order of the signature.</param>
    /// <param name="payload">The value of x-amz-content-sha256, or what stands for it.</param>
    /// <exception cref="S3Exception">The path cannot be decoded.</exception>
    public static string Build(
        string method, string rawTarget, S3Query query, IHeaderDictionary headers,
        IReadOnlyList<string> signedHeaders, string payload)
    {
        var text = new StringBuilder(1024);
        text.Append(method).Append('\n');
        AppendPath(text, RequestTarget.Parse(rawTarget).Path);
        text.Append('\n');
        AppendQuery(text, query);
        text.Append('\n');
        foreach (var name in signedHeaders)
        {
            text.Append(name).Append(':');
            AppendValues(text, ValuesOf(headers, name));
            text.Append('\n');
        }

        return text.Append('\n').AppendJoin(';', signedHeaders).Append('\n').Append(payload).ToString();
    }

    private static void AppendPath(StringBuilder text, ReadOnlySpan<char> raw)
    {
        if (!RequestTarget.TryDecode(raw, out var path, out var error))
            throw new S3Exception(S3Error.InvalidUri, error);
        if (path.Length == 0) text.Append('/');
        else AppendEncoded(text, path, keepSlash: true);
    }

    private static void AppendQuery(StringBuilder text, S3Query query)
    {
        var encoded = new List<(string Name, string Value)>(query.Parameters.Count);
        foreach (var (name, value) in query.Parameters)
            if (name != SignatureParameter) encoded.Add((Encode(name), Encode(value)));
        encoded.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name) is var order and not 0
            ? order
            : string.CompareOrdinal(a.Value, b.Value));
        for (var i = 0; i < encoded.Count; i++)
        {
            if (i > 0) text.Append('&');
            text.Append(encoded[i].Name).Append('=').Append(encoded[i].Value);
        }
    }

    private static StringValues ValuesOf(IHeaderDictionary headers, string name)
    {
        var values = headers[name];
        // Kestrel moves the length aside where the body is sent in chunks of HTTP.
        return values.Count == 0 && name == "content-length" ? headers["X-Content-Length"] : values;
    }

    private static void AppendValues(StringBuilder text, StringValues values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0) text.Append(',');
            AppendTrimmed(text, values[i].AsSpan().Trim(' '));
        }
    }

    /// <summary>Runs of spaces count as one.</summary>
    private static void AppendTrimmed(StringBuilder text, ReadOnlySpan<char> value)
    {
        while (value.IndexOf("  ", StringComparison.Ordinal) is var run and >= 0)
        {
            text.Append(value[..(run + 1)]);
            value = value[run..].TrimStart(' ');
        }

        text.Append(value);
    }

    private static string Encode(string value)
    {
        if (!value.AsSpan().ContainsAnyExcept(Plain)) return value;
        var text = new StringBuilder(value.Length + 16);
        AppendEncoded(text, value, keepSlash: false);
        return text.ToString();
    }

    private static void AppendEncoded(StringBuilder text, ReadOnlySpan<char> value, bool keepSlash)
    {
        var plain = keepSlash ? PlainOrSlash : Plain;
        Span<byte> utf8 = stackalloc byte[4];
        while (value.IndexOfAnyExcept(plain) is var next and >= 0)
        {
            text.Append(value[..next]);
            Rune.DecodeFromUtf16(value[next..], out var rune, out var chars);
            foreach (var one in utf8[..rune.EncodeToUtf8(utf8)])
                text.Append('%').Append(HexDigit(one >> 4)).Append(HexDigit(one & 15));
            value = value[(next + chars)..];
        }

        text.Append(value);
    }

    private static char HexDigit(int value) => "0123456789ABCDEF"[value];
}
