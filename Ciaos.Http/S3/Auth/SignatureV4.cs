using System.Security.Cryptography;
using System.Text;

namespace Ciaos.Http.S3.Auth;

/// <summary>The arithmetic of AWS Signature Version 4. Source: the Amazon S3 API reference, "Authenticating Requests
/// (AWS Signature Version 4)".</summary>
internal static class SignatureV4
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Of a signature: lower-case hexadecimal digits.</summary>
    public const int Length = 2 * SHA256.HashSizeInBytes;

    private const int RoomBytes = 512;

    /// <summary>The key that signs for one day, region and service.</summary>
    public static byte[] DeriveKey(CredentialScope scope, string secret)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(scope.Day));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Region));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Service));
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }

    /// <param name="canonicalRequest">The bytes of it.</param>
    public static void AppendStringToSign(
        ref WireText text, DateTimeOffset time, CredentialScope scope, ReadOnlySpan<byte> canonicalRequest)
    {
        Span<char> timestamp = stackalloc char[AmzDate.Length];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        AmzDate.Format(time, timestamp);
        SHA256.HashData(canonicalRequest, hash);
        text.Append(Algorithm);
        text.Append('\n');
        text.Append(timestamp);
        text.Append('\n');
        text.Append(scope.Text);
        text.Append('\n');
        text.AppendHex(hash);
    }

    /// <summary>Whether that is the signature of these bytes.</summary>
    public static bool IsSignature(byte[] key, ReadOnlySpan<byte> stringToSign, string given)
    {
        Span<byte> mac = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[Length];
        HMACSHA256.HashData(key, stringToSign, mac);
        Convert.TryToHexStringLower(mac, expected, out _);
        return AreEqual(expected, given);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public static string Sign(byte[] key, string stringToSign)
    {
        Span<byte> mac = stackalloc byte[SHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(stringToSign), mac);
        return Convert.ToHexStringLower(mac);
    }

    /// <summary>Takes as long for a wrong signature as for the right one. Only the length can be told.</summary>
    public static bool AreEqual(string expected, string given) =>
        AreEqual(Encoding.UTF8.GetBytes(expected), given);

    private static bool AreEqual(ReadOnlySpan<byte> expected, string given)
    {
        Span<byte> room = stackalloc byte[RoomBytes];
        var bytes = Encoding.UTF8.TryGetBytes(given, room, out var length)
            ? room[..length]
            : Encoding.UTF8.GetBytes(given);
        return CryptographicOperations.FixedTimeEquals(expected, bytes);
    }
}
