using System.Collections.Immutable;

namespace Ciaos.Http.S3.Bodies;

/// <summary>The checksums that S3 keeps with an object.</summary>
internal enum ChecksumAlgorithm
{
    Crc32,
    Crc32C,
    Crc64Nvme,
    Sha1,
    Sha256,
    Sha512,
    Md5,
    XxHash64,
    XxHash3,
    XxHash128,
}

/// <summary>Names and sizes of the checksums.</summary>
internal static class ChecksumAlgorithms
{
    public const string HeaderPrefix = "x-amz-checksum-";

    public static readonly ImmutableArray<ChecksumAlgorithm> All = [.. Enum.GetValues<ChecksumAlgorithm>()];

    private static readonly string[] Headers = [.. All.Select(algorithm => HeaderPrefix + NameOf(algorithm))];

    private static string NameOf(ChecksumAlgorithm algorithm) => algorithm.ToString().ToLowerInvariant();

    /// <summary>As in <c>x-amz-checksum-algorithm</c>, such as CRC64NVME.</summary>
    public static string Name(this ChecksumAlgorithm algorithm) => algorithm.ToString().ToUpperInvariant();

    /// <summary>Of the header, or trailer, with its value: <c>x-amz-checksum-crc32</c>.</summary>
    public static string HeaderName(this ChecksumAlgorithm algorithm) => Headers[(int)algorithm];

    /// <summary>Of the value in an object's metadata: <c>checksum-crc32</c>.</summary>
    public static string MetadataKey(this ChecksumAlgorithm algorithm) => "checksum-" + NameOf(algorithm);

    public static int ByteCount(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc64Nvme or ChecksumAlgorithm.XxHash64 or ChecksumAlgorithm.XxHash3 => 8,
        ChecksumAlgorithm.Sha1 => 20,
        ChecksumAlgorithm.Sha256 => 32,
        ChecksumAlgorithm.Sha512 => 64,
        ChecksumAlgorithm.Md5 or ChecksumAlgorithm.XxHash128 => 16,
        _ => 4,
    };

    /// <summary>Whether the checksum of a whole can be told from those of its parts.</summary>
    public static bool CanCombine(this ChecksumAlgorithm algorithm) =>
        algorithm is ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C or ChecksumAlgorithm.Crc64Nvme;

    /// <summary>Whether an upload in parts must be begun with it, if it is to be completed with it. Of the older ones
    /// S3 looks away.</summary>
    public static bool MustBeDeclared(this ChecksumAlgorithm algorithm) => algorithm > ChecksumAlgorithm.Sha256;

    /// <summary>What an object gets whose client sent no checksum and asked for none.</summary>
    public const ChecksumAlgorithm Default = ChecksumAlgorithm.Crc64Nvme;

    /// <param name="name">In any case.</param>
    public static ChecksumAlgorithm? Parse(string name)
    {
        foreach (var algorithm in All)
            if (algorithm.Name().Equals(name, StringComparison.OrdinalIgnoreCase)) return algorithm;
        return null;
    }

    /// <summary>What a client asks for by name.</summary>
    /// <exception cref="S3Exception">InvalidRequest: there is none of that name.</exception>
    public static ChecksumAlgorithm ParseWanted(string name) => Parse(name) ?? throw new S3Exception(
        S3Error.InvalidRequest,
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        + $"[{string.Join(", ", All.Select(known => known.Name()).Order(StringComparer.Ordinal))}]");

    /// <param name="header">In any case.</param>
    public static ChecksumAlgorithm? ParseHeader(string header) =>
        header.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)
            ? Parse(header[HeaderPrefix.Length..])
            : null;

    /// <summary>The bytes of a value in base64; null where it is not one of this algorithm.</summary>
    public static byte[]? ParseValue(this ChecksumAlgorithm algorithm, string base64)
    {
        var bytes = new byte[algorithm.ByteCount()];
        return Base64Text.TryDecodeExactly(base64, bytes) ? bytes : null;
    }

    /// <summary>A value that no body has, because it is none of this algorithm.</summary>
    public static S3Exception Malformed(this ChecksumAlgorithm algorithm) =>
        new(S3Error.BadDigest, $"Value for {algorithm.HeaderName()} header is invalid.");
}
