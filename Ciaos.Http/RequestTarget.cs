using System.Buffers;
using System.Globalization;
using System.Text;

namespace Ciaos.Http;

/// <summary>
/// The target of a request exactly as it was sent. Kestrel's own path is no use here: it drops dot segments and leaves
/// %2F as it is, but a key may be <c>a/../b</c>, and is decoded exactly once.
/// </summary>
internal readonly ref struct RequestTarget
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private RequestTarget(ReadOnlySpan<char> whole)
    {
        var question = whole.IndexOf('?');
        Whole = whole;
        Path = question < 0 ? whole : whole[..question];
        Query = question < 0 ? default : whole[(question + 1)..];
    }

    /// <summary>Path and query, still encoded.</summary>
    public ReadOnlySpan<char> Whole { get; }

    public ReadOnlySpan<char> Path { get; }

    public ReadOnlySpan<char> Query { get; }

    /// <param name="raw">As in the request line: a path with its query, or a whole address as proxies send it.</param>
    public static RequestTarget Parse(string raw)
    {
        ReadOnlySpan<char> rest = raw;
        if (rest is ['/', ..]) return new RequestTarget(rest);
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return new RequestTarget(rest);
        rest = rest[(scheme + 3)..];
        var slash = rest.IndexOf('/');
        return new RequestTarget(slash < 0 ? "/" : rest[slash..]);
    }

    /// <summary>Percent-decodes once. A plus sign is a plus sign.</summary>
    public static bool TryDecode(ReadOnlySpan<char> encoded, out string text, out string error)
    {
        text = "";
        error = "";
        if (!encoded.Contains('%'))
        {
            text = new string(encoded);
            return true;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(encoded.Length);
        try
        {
            if (!TryDecodeBytes(encoded, buffer, out var count, out error)) return false;
            text = Strict.GetString(buffer, 0, count);
            return true;
        }
        catch (DecoderFallbackException)
        {
            error = "The percent-encoded bytes of the request's path are not UTF-8";
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool TryDecodeBytes(ReadOnlySpan<char> encoded, byte[] to, out int count, out string error)
    {
        error = "";
        count = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                // Kestrel lets only ASCII through.
                to[count++] = (byte)encoded[i];
                continue;
            }

            var digits = encoded.Slice(i + 1, Math.Min(2, encoded.Length - i - 1));
            if (digits.Length < 2 || !char.IsAsciiHexDigit(digits[0]) || !char.IsAsciiHexDigit(digits[1]))
            {
                error = $"Two hexadecimal digits do not follow the percent sign at character {i} of the encoded text: "
                    + "a percent sign itself is sent as %25";
                return false;
            }

            to[count++] = byte.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            i += digits.Length;
        }

        return true;
    }
}
