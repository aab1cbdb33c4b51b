using Ciaos.Actors.Identity;

namespace Ciaos.Actors.Encryption;

/// <summary>Encrypts the needles of one body. For any thread.</summary>
internal sealed class NeedleSealer(DataKey key, FillRandom random)
{
    /// <summary>Encrypts what is at the start of the buffer in place, and puts behind it what decrypting
    /// takes.</summary>
    /// <param name="buffer">At least <see cref="NeedleEncryption.SealedBytes"/> of the plaintext's length.</param>
    /// <returns>How long the needle's data is.</returns>
    public int Seal(Span<byte> buffer, int plainBytes)
    {
        if (plainBytes == 0) return 0;
        var sealedBytes = NeedleEncryption.SealedBytes(plainBytes);
        var trailer = buffer[plainBytes..sealedBytes];
        var salt = trailer[..NeedleEncryption.SaltBytes];
        random(salt);
        Span<byte> nonce = stackalloc byte[NeedleEncryption.NonceBytes];
        Span<byte> context = stackalloc byte[NeedleEncryption.ContextBytes];
        NeedleEncryption.WriteContext(context, plainBytes);
        using var cipher = NeedleEncryption.CipherOf(key, salt);
        for (var block = 0; block < NeedleEncryption.BlockCount(plainBytes); block++)
        {
            var start = block * NeedleEncryption.BlockBytes;
            var bytes = buffer[start..Math.Min(start + NeedleEncryption.BlockBytes, plainBytes)];
            var tag = trailer.Slice(
                NeedleEncryption.SaltBytes + (block * NeedleEncryption.TagBytes), NeedleEncryption.TagBytes);
            NeedleEncryption.WriteNonce(nonce, block);
            cipher.Encrypt(nonce, bytes, bytes, tag, context);
        }

        return sealedBytes;
    }
}
