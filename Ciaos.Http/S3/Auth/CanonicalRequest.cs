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
    /// <param name="payload">The value of x-amz-content-sha256, or what stands for it.</param>
    /// <exception cref="S3Exception">The path cannot be decoded.</exception>
    public static void Append(
        ref WireText text, string method, string rawTarget, S3Query query, IHeaderDictionary headers,
        SignedHeaders signedHeaders, string payload)
    {
        text.Append(method);
        text.Append('\n');
        AppendPath(ref text, RequestTarget.Parse(rawTarget).Path);
        text.Append('\n');
        AppendQuery(ref text, query);
        text.Append('\n');
        foreach (var name in signedHeaders.Names)
        {
            text.Append(name);
            text.Append(':');
            AppendValues(ref text, ValuesOf(headers, name));
            text.Append('\n');
        }

        text.Append('\n');
        text.Append(signedHeaders.Text);
        text.Append('\n');
        text.Append(payload);
    }

    private static void AppendPath(ref WireText text, ReadOnlySpan<char> raw)
    {
        if (raw.IsEmpty) text.Append('/');
        else if (!raw.ContainsAnyExcept(PlainOrSlash)) text.Append(raw);
        else if (RequestTarget.TryDecode(raw, out var path, out var error))
            AppendEncoded(ref text, path, keepSlash: true);
        else throw new S3Exception(S3Error.InvalidUri, error);
    }

    // Most clients send it as they sign it: sorted.
    private static void AppendQuery(ref WireText text, S3Query query)
    {
        var start = text.Length;
        if (TryAppendAsItCame(ref text, query)) return;
        text.Truncate(start);
        AppendSorted(ref text, query);
    }

    // False: it is not sorted. What counts is the order of what is encoded.
    private static bool TryAppendAsItCame(ref WireText text, S3Query query)
    {
        var (lastName, lastValue) = (default(Range), default(Range));
        foreach (var (name, value) in query.Parameters)
        {
            if (name == SignatureParameter) continue;
            var isFirst = lastValue.Equals(default);
            if (!isFirst) text.Append('&');
            var start = text.Length;
            AppendEncoded(ref text, name, keepSlash: false);
            var nameRange = start..text.Length;
            text.Append('=');
            start = text.Length;
            AppendEncoded(ref text, value, keepSlash: false);
            var valueRange = start..text.Length;
            if (!isFirst)
            {
                var order = text.Bytes[lastName].SequenceCompareTo(text.Bytes[nameRange]);
                if (order == 0) order = text.Bytes[lastValue].SequenceCompareTo(text.Bytes[valueRange]);
                if (order > 0) return false;
            }

            (lastName, lastValue) = (nameRange, valueRange);
        }

        return true;
    }

    private static void AppendSorted(ref WireText text, S3Query query)
    {
        var encoded = new List<(string Name, string Value)>(query.Parameters.Length);
        foreach (var (name, value) in query.Parameters)
            if (name != SignatureParameter) encoded.Add((Encode(name), Encode(value)));
        encoded.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name) is var order and not 0
            ? order
            : string.CompareOrdinal(a.Value, b.Value));
        for (var i = 0; i < encoded.Count; i++)
        {
            if (i > 0) text.Append('&');
            text.Append(encoded[i].Name);
            text.Append('=');
            text.Append(encoded[i].Value);
        }
    }

    private static StringValues ValuesOf(IHeaderDictionary headers, string name)
    {
        var values = headers[name];
        // Kestrel moves the length aside where the body is sent in chunks of HTTP.
        return values.Count == 0 && name == "content-length" ? headers["X-Content-Length"] : values;
    }

    private static void AppendValues(ref WireText text, StringValues values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0) text.Append(',');
            AppendTrimmed(ref text, values[i].AsSpan().Trim(' '));
        }
    }

    /// <summary>Runs of spaces count as one.</summary>
    private static void AppendTrimmed(ref WireText text, ReadOnlySpan<char> value)
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
        var text = new WireText(stackalloc byte[256]);
        try
        {
            AppendEncoded(ref text, value, keepSlash: false);
            return text.ToString();
        }
        finally
        {
            text.Dispose();
        }
    }

    private static void AppendEncoded(ref WireText text, ReadOnlySpan<char> value, bool keepSlash)
    {
        var plain = keepSlash ? PlainOrSlash : Plain;
        Span<byte> utf8 = stackalloc byte[4];
        while (value.IndexOfAnyExcept(plain) is var next and >= 0)
        {
            text.Append(value[..next]);
            Rune.DecodeFromUtf16(value[next..], out var rune, out var chars);
            foreach (var one in utf8[..rune.EncodeToUtf8(utf8)])
            {
                text.Append('%');
                text.Append(HexDigit(one >> 4));
                text.Append(HexDigit(one & 15));
            }

            value = value[(next + chars)..];
        }

        text.Append(value);
    }

    private static char HexDigit(int value) => "0123456789ABCDEF"[value];
}
