using System.Buffers.Text;

namespace Ciaos.Http.S3.Bodies;

/// <summary>Base64 as headers carry it: without spaces, and with its padding.</summary>
internal static class Base64Text
{
    /// <summary>Whether the text stands for exactly as many bytes as there is room for.</summary>
    public static bool TryDecodeExactly(string text, Span<byte> bytes) =>
        text.Length == Base64.GetMaxEncodedToUtf8Length(bytes.Length)
        && !text.Any(char.IsWhiteSpace)
        && Convert.TryFromBase64String(text, bytes, out var count)
        && count == bytes.Length;
}
