using System.Security.Cryptography;
using System.Text;

namespace Ciaos.Actors.Identity;

/// <summary>Fills a buffer with bytes that nobody can guess. A simulation gives its own, from a seed.</summary>
public delegate void FillRandom(Span<byte> bytes);

/// <summary>
/// The node's master key: it never encrypts data, only keys and secrets (AES-256-GCM). What it has wrapped opens only
/// in the same context, so that a wrapped key cannot be moved to another place. For any thread.
/// <code>
/// wrapped   0x01 (version) nonce (12 bytes) encrypted (as long as the key) tag (16 bytes)
/// </code>
/// </summary>
public sealed class MasterKey
{
    public const int SizeBytes = 32;

    /// <summary>By how much a wrapped key is longer than the key.</summary>
    public const int OverheadBytes = 1 + NonceBytes + TagBytes;

    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] _key;
    private readonly FillRandom _random;

    /// <param name="key">32 bytes.</param>
    /// <param name="random">Where nonces come from.</param>
    public MasterKey(ReadOnlySpan<byte> key, FillRandom random)
    {
        if (key.Length != SizeBytes) throw new ArgumentException($"A master key has {SizeBytes} bytes", nameof(key));
        (_key, _random) = (key.ToArray(), random);
    }

    /// <param name="context">What the key is for, such as the object's name: any bytes.</param>
    public byte[] Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> context)
    {
        var wrapped = new byte[key.Length + OverheadBytes];
        wrapped[0] = Version;
        var nonce = wrapped.AsSpan(1, NonceBytes);
        _random(nonce);
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(
            nonce, key, wrapped.AsSpan(1 + NonceBytes, key.Length), wrapped.AsSpan(^TagBytes..), context);
        return wrapped;
    }

    /// <exception cref="CryptographicException">It was wrapped by another master key, or in another context, or has
    /// been changed.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> context)
    {
        if (wrapped.Length < OverheadBytes || wrapped[0] != Version)
            throw new CryptographicException($"{wrapped.Length} bytes are no wrapped key of version {Version}");
        var key = new byte[wrapped.Length - OverheadBytes];
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Decrypt(
            wrapped.Slice(1, NonceBytes), wrapped.Slice(1 + NonceBytes, key.Length), wrapped[^TagBytes..], key,
            context);
        return key;
    }

    internal byte[] WrapText(string secret, string context) =>
        Wrap(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(context));

    /// <summary>A key of 32 bytes for one purpose: HMAC-SHA256 of its context. Who knows it learns nothing about
    /// others, nor about the master key.</summary>
    internal byte[] Derive(byte[] context) => HMACSHA256.HashData(_key, context);

    internal string UnwrapText(byte[] wrapped, string context) =>
        Encoding.UTF8.GetString(Unwrap(wrapped, Encoding.UTF8.GetBytes(context)));
}

/// <summary>What the journal holds was encrypted under another master key.</summary>
public sealed class WrongMasterKeyException(string message) : Exception(message);
