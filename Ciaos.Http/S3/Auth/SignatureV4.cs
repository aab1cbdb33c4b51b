using System.Security.Cryptography;
using System.Text;

namespace Ciaos.Http.S3.Auth;

/// <summary>The arithmetic of AWS Signature Version 4. Source: the Amazon S3 API reference, "Authenticating Requests
/// (AWS Signature Version 4)".</summary>
internal static class SignatureV4
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The key that signs for one day, region and service.</summary>
    public static byte[] DeriveKey(CredentialScope scope, string secret)
    {
        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + secret), Encoding.UTF8.GetBytes(scope.Day));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Region));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Service));
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }

    public static string StringToSign(string timestamp, CredentialScope scope, string canonicalRequest)
    {
        // Values of headers were taken byte by byte, so that this gives back the bytes that came.
        var hash = SHA256.HashData(Encoding.Latin1.GetBytes(canonicalRequest));
        return $"{Algorithm}\n{timestamp}\n{scope.Text}\n{Convert.ToHexStringLower(hash)}";
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public static string Sign(byte[] key, string stringToSign) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(stringToSign)));

    /// <summary>Takes as long for a wrong signature as for the right one. Only the length can be told.</summary>
    public static bool AreEqual(string expected, string given) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(given));
}
