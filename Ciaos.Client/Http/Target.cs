using System.Buffers;
using System.Text;

namespace Ciaos.Client.Http;

/// <summary>
/// Request targets. A key is percent-encoded so that the node, which decodes exactly once, gets it back byte for byte.
/// Dots and slashes stay as they are; that nothing on the way takes <c>a/../b</c> apart is <see cref="Transport"/>'s.
/// </summary>
internal static class Target
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"u8);

    /// <exception cref="ArgumentException">The key is empty, or has a surrogate without its other half.</exception>
    public static string OfKey(string route, string key) => $"/{route}/{Encode(Checked(key), keepsSlashes: true)}";

    public static string OfKeys(string route, string from, string to) =>
        $"/{route}/{Encode(Checked(from), keepsSlashes: false)}/{Encode(Checked(to), keepsSlashes: false)}";

    public static string Query(string route, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var target = new StringBuilder("/").Append(route);
        var separator = '?';
        foreach (var (name, value) in parameters)
        {
            if (value.Length == 0) continue;
            target.Append(separator).Append(name).Append('=').Append(Encode(value, keepsSlashes: true));
            separator = '&';
        }

        return target.ToString();
    }

    public static string Checked(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        _ = Strict.GetByteCount(key);
        return key;
    }

    private static string Encode(string text, bool keepsSlashes)
    {
        var bytes = Strict.GetBytes(text);
        if (!bytes.AsSpan().ContainsAnyExcept(Unreserved)) return text;
        var encoded = new StringBuilder(bytes.Length + 32);
        foreach (var each in bytes)
        {
            if (Unreserved.Contains(each) || (each == '/' && keepsSlashes)) encoded.Append((char)each);
            else encoded.Append('%').Append(Convert.ToHexString([each]));
        }

        return encoded.ToString();
    }
}
