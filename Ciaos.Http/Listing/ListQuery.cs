using System.Globalization;
using System.Text;
using Ciaos.Storage;

namespace Ciaos.Http.Listing;

/// <summary>The query of <c>/list</c>. Parameters that it does not know are passed over.</summary>
/// <param name="Prefix">Keys begin with it; empty: all do.</param>
/// <param name="After">Keys come behind it; empty: from the first.</param>
/// <param name="Limit">1 to <see cref="MaxLimit"/> keys.</param>
internal sealed record ListQuery(string Prefix, string After, int Limit)
{
    public const int MaxLimit = 1000;

    private static readonly ListQuery Default = new("", "", MaxLimit);

    /// <summary>The query, or what is wrong with it, in words for the client.</summary>
    public static bool TryParse(ReadOnlySpan<char> query, out ListQuery parsed, out string error)
    {
        parsed = Default;
        error = "";
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            if (name is not ("prefix" or "after" or "limit")) continue;
            if (!TryDecode(value, out var text, out error)) return false;
            if (!parsed.TrySet(name, text, out parsed, out error)) return false;
        }

        return true;
    }

    private bool TrySet(ReadOnlySpan<char> name, string value, out ListQuery changed, out string error)
    {
        error = "";
        changed = this;
        if (name is "limit")
        {
            if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                && limit is >= 1 and <= MaxLimit)
            {
                changed = this with { Limit = limit };
                return true;
            }

            error = $"limit={value} is not allowed: a whole number from 1 to {MaxLimit} is";
            return false;
        }

        if (Encoding.UTF8.GetByteCount(value) > ObjectKey.MaxBytes)
        {
            error = $"{name} is longer than a key can be: up to {ObjectKey.MaxBytes} bytes are allowed";
            return false;
        }

        changed = name is "prefix" ? this with { Prefix = value } : this with { After = value };
        return true;
    }

    /// <summary>In a query, unlike a path, forms write a space as a plus sign.</summary>
    public static bool TryDecode(ReadOnlySpan<char> encoded, out string text, out string error) =>
        encoded.Contains('+')
            ? RequestTarget.TryDecode(
                encoded.ToString().Replace("+", "%20", StringComparison.Ordinal), out text, out error)
            : RequestTarget.TryDecode(encoded, out text, out error);
}
