using System.Security.Cryptography;
using Ciaos.Actors.Identity;

namespace Ciaos.Actors.Encryption;

/// <summary>
/// Wraps data keys under a root: the node's master key, or a client's key. AES-256-GCM under a key of its own for each
/// wrapping, so that the number of objects is not limited by how often one key may be used with random nonces.
/// Spec: docs/encryption.md.
/// <code>
/// offset  bytes  field
///      0      1  Version   1
///      1     24  Salt      random: the wrapping's key is HMAC-SHA256(root, "ciaos data key" salt context)
///     25     32  the data key, encrypted; the nonce is zero, the context is bound to it
///     57     16  Tag
/// </code>
/// </summary>
internal static class KeyWrapping
{
    public const int WrappedBytes = 1 + SaltBytes + DataKey.SizeBytes + TagBytes;

    private const byte Version = 1;
    private const int SaltBytes = 24;
    private const int TagBytes = 16;
    private const int NonceBytes = 12;

    private static ReadOnlySpan<byte> Label => "ciaos data key"u8;

    /// <param name="root">HMAC-SHA256 under the root.</param>
    public static byte[] Wrap(DataKey key, Func<byte[], byte[]> root, ReadOnlySpan<byte> context, FillRandom random)
    {
        var wrapped = new byte[WrappedBytes];
        wrapped[0] = Version;
        random(wrapped.AsSpan(1, SaltBytes));
        using var cipher = CipherOf(wrapped, root, context);
        cipher.Encrypt(
            stackalloc byte[NonceBytes], key.Bytes, wrapped.AsSpan(1 + SaltBytes, DataKey.SizeBytes),
            wrapped.AsSpan(^TagBytes..), context);
        return wrapped;
    }

    /// <returns>Null: it was wrapped under another root, or in another context, or has been changed.</returns>
    public static DataKey? Unwrap(ReadOnlySpan<byte> wrapped, Func<byte[], byte[]> root, ReadOnlySpan<byte> context)
    {
        if (wrapped.Length != WrappedBytes || wrapped[0] != Version) return null;
        Span<byte> key = stackalloc byte[DataKey.SizeBytes];
        using var cipher = CipherOf(wrapped, root, context);
        try
        {
            cipher.Decrypt(
                stackalloc byte[NonceBytes], wrapped.Slice(1 + SaltBytes, DataKey.SizeBytes), wrapped[^TagBytes..],
                key, context);
            return new DataKey(key);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static AesGcm CipherOf(ReadOnlySpan<byte> wrapped, Func<byte[], byte[]> root, ReadOnlySpan<byte> context) =>
        new(root([.. Label, .. wrapped.Slice(1, SaltBytes), .. context]), TagBytes);
}
