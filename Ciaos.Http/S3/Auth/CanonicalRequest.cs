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

    private const int FewParameters = 16;
    private const int QueryRoomBytes = 512;
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

    // Encoded first: it is the order of what is encoded that counts.
    private static void AppendQuery(ref WireText text, S3Query query)
    {
        if (query.Parameters.IsEmpty) return;
        var encoded = new WireText(stackalloc byte[QueryRoomBytes]);
        Span<EncodedParameter> parameters = query.Parameters.Length <= FewParameters
            ? stackalloc EncodedParameter[FewParameters]
            : new EncodedParameter[query.Parameters.Length];
        try
        {
            var count = 0;
            foreach (var (name, value) in query.Parameters)
            {
                if (name == SignatureParameter) continue;
                var start = encoded.Length;
                AppendEncoded(ref encoded, name, keepSlash: false);
                var middle = encoded.Length;
                AppendEncoded(ref encoded, value, keepSlash: false);
                parameters[count++] = new EncodedParameter(start, middle, encoded.Length);
            }

            parameters = parameters[..count];
            Sort(parameters, encoded.Bytes);
            for (var i = 0; i < count; i++)
            {
                if (i > 0) text.Append('&');
                text.Append(parameters[i].NameOf(encoded.Bytes));
                text.Append('=');
                text.Append(parameters[i].ValueOf(encoded.Bytes));
            }
        }
        finally
        {
            encoded.Dispose();
        }
    }

    // Nearly all queries are short, or nearly in order. Others must not take time that grows with the square.
    private static void Sort(Span<EncodedParameter> parameters, ReadOnlySpan<byte> encoded)
    {
        if (parameters.Length > FewParameters)
        {
            var bytes = encoded.ToArray();
            parameters.Sort((left, right) => left.CompareTo(right, bytes));
            return;
        }

        for (var i = 1; i < parameters.Length; i++)
        {
            var moved = parameters[i];
            var at = i;
            for (; at > 0 && parameters[at - 1].CompareTo(moved, encoded) > 0; at--)
                parameters[at] = parameters[at - 1];
            parameters[at] = moved;
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

    /// <summary>Where the name of a parameter and its value begin among the encoded bytes, and where it ends.</summary>
    private readonly record struct EncodedParameter(int Start, int Middle, int End)
    {
        public ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> encoded) => encoded[Start..Middle];

        public ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> encoded) => encoded[Middle..End];

        public int CompareTo(EncodedParameter other, ReadOnlySpan<byte> encoded)
        {
            var order = NameOf(encoded).SequenceCompareTo(other.NameOf(encoded));
            return order != 0 ? order : ValueOf(encoded).SequenceCompareTo(other.ValueOf(encoded));
        }
    }
}
