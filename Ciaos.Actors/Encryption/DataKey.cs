using System.Security.Cryptography;
using Ciaos.Actors.Identity;

namespace Ciaos.Actors.Encryption;

/// <summary>
/// The key of one object, random, which encrypts nothing itself: every needle has a key of its own, derived from this
/// one and the needle's salt. It is kept only wrapped (<see cref="DataKeys"/>). For any thread.
/// </summary>
public sealed class DataKey
{
    internal const int SizeBytes = 32;

    private readonly byte[] _key;

    internal DataKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != SizeBytes) throw new ArgumentException($"A data key has {SizeBytes} bytes", nameof(key));
        _key = key.ToArray();
    }

    internal ReadOnlySpan<byte> Bytes => _key;

    internal static DataKey Create(FillRandom random)
    {
        Span<byte> key = stackalloc byte[SizeBytes];
        random(key);
        return new DataKey(key);
    }

    internal void Derive(ReadOnlySpan<byte> salt, Span<byte> key) => HMACSHA256.HashData(_key, salt, key);
}
