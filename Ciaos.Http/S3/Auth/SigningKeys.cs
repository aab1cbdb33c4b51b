using System.Collections.Concurrent;

namespace Ciaos.Http.S3.Auth;

/// <summary>Derived keys, kept because four HMACs for each request would cost more than the rest of its
/// authentication.</summary>
internal sealed class SigningKeys
{
    internal const int MaxKeys = 10_000;

    private readonly ConcurrentDictionary<CredentialScope, (string Secret, byte[] Key)> _keys = new();

    public int Count => _keys.Count;

    public byte[] Get(CredentialScope scope, string secret)
    {
        // A key's id may be given again with another secret, so the secret decides too.
        if (_keys.TryGetValue(scope, out var known) && known.Secret == secret) return known.Key;
        var key = SignatureV4.DeriveKey(scope, secret);

        // Most of what is in a full cache is of days that are over. What is still used comes back at once.
        if (_keys.Count >= MaxKeys) _keys.Clear();
        _keys[scope] = (secret, key);
        return key;
    }
}
