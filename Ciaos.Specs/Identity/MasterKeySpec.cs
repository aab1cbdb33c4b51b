using System.Security.Cryptography;
using Ciaos.Actors.Identity;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Identity;

public sealed class MasterKeySpec
{
    private readonly MasterKey _key = new(
        RandomNumberGenerator.GetBytes(MasterKey.SizeBytes), RandomNumberGenerator.Fill);

    [Fact]
    public void What_was_wrapped_opens_in_its_context_only() =>
        Prop.ForAll<byte[], byte[], byte[]>((key, context, other) =>
        {
            var wrapped = _key.Wrap(key, context);
            Assert.Equal(key.Length + MasterKey.OverheadBytes, wrapped.Length);
            Assert.Equal(key, _key.Unwrap(wrapped, context));
            if (!context.AsSpan().SequenceEqual(other))
                Assert.ThrowsAny<CryptographicException>(() => _key.Unwrap(wrapped, other));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_changed_bit_or_length_is_noticed()
    {
        var wrapped = _key.Wrap("secret"u8, "here"u8);
        for (var i = 0; i < wrapped.Length * 8; i++)
        {
            var changed = wrapped.ToArray();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            Assert.ThrowsAny<CryptographicException>(() => _key.Unwrap(changed, "here"u8));
        }

        for (var length = 0; length < wrapped.Length; length++)
            Assert.ThrowsAny<CryptographicException>(() => _key.Unwrap(wrapped.AsSpan(0, length), "here"u8));
    }

    [Fact]
    public void Another_master_key_opens_nothing() => Assert.ThrowsAny<CryptographicException>(
        () => new MasterKey(new byte[MasterKey.SizeBytes], RandomNumberGenerator.Fill).Unwrap(
            _key.Wrap("secret"u8, "here"u8), "here"u8));
}
