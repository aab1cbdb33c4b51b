using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Ciaos.Storage;

namespace Ciaos.Http.S3.Listing;

/// <summary>
/// Where a listing goes on, in a text that clients only hand back. It tells nothing that they do not know; the checksum
/// is there to find tokens that were cut or made up, which would otherwise list from some odd place.
/// <code>
/// base64url of: 0x01 (version)  CRC-32C of the rest (4 bytes, little-endian)  UTF-8 of the last key or prefix
/// </code>
/// </summary>
internal static class ContinuationToken
{
    public const string ParameterName = "continuation-token";

    private const byte Version = 1;
    private const int HeadBytes = 5;

    /// <param name="last">What the page before ended with.</param>
    public static string Write(string last)
    {
        var bytes = new byte[HeadBytes + Encoding.UTF8.GetByteCount(last)];
        var text = bytes.AsSpan(HeadBytes);
        Encoding.UTF8.GetBytes(last, text);
        bytes[0] = Version;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(1), Crc32C.Compute(text));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>What <see cref="Write"/> was given.</summary>
    /// <exception cref="S3Exception">It is no token of ours.</exception>
    public static string Read(string token)
    {
        var bytes = new byte[Base64Url.GetMaxDecodedLength(token.Length)];
        if (Base64Url.IsValid(token) && Base64Url.TryDecodeFromChars(token, bytes, out var count)
            && count >= HeadBytes && bytes[0] == Version
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(1))
                == Crc32C.Compute(bytes.AsSpan(HeadBytes, count - HeadBytes)))
            return Encoding.UTF8.GetString(bytes, HeadBytes, count - HeadBytes);
        throw ListErrors.InvalidArgument(
            "The continuation token provided is incorrect", ParameterName, token);
    }
}
