using System.Security.Cryptography;

namespace Ciaos.Actors.Encryption;

/// <summary>A key that a client brings with each request, and that is never stored (SSE-C).</summary>
public sealed class CustomerKey
{
    public const int SizeBytes = 32;

    private readonly byte[] _key;

    /// <param name="key">32 bytes.</param>
    public CustomerKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != SizeBytes) throw new ArgumentException($"A key has {SizeBytes} bytes", nameof(key));
        _key = key.ToArray();
    }

    /// <summary>What clients compare with what they sent: base64 of the key's MD5.</summary>
    public string Md5Text => Md5TextOf(_key);

    internal ReadOnlySpan<byte> Bytes => _key;

    // The protocol says MD5, and asks no secrecy of it.
#pragma warning disable CA5351
    public static string Md5TextOf(ReadOnlySpan<byte> key) => Convert.ToBase64String(MD5.HashData(key));
#pragma warning restore CA5351
}
