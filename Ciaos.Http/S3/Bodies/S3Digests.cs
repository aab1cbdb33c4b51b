namespace Ciaos.Http.S3.Bodies;

/// <summary>What is known of a body that was read to its end, and is what its client said.</summary>
/// <param name="Md5">16 bytes; null where nobody wanted it.</param>
/// <param name="Algorithm">Of <paramref name="Checksum"/>; null for none.</param>
/// <param name="WasSent">Whether the client sent the checksum.</param>
/// <param name="Default">The checksum of <see cref="ChecksumAlgorithms.Default"/>, where it was wanted whatever the
/// client sent; null otherwise.</param>
internal sealed record S3Digests(
    long LengthBytes, byte[]? Md5, ChecksumAlgorithm? Algorithm, byte[]? Checksum, bool WasSent,
    byte[]? Default = null)
{
    /// <summary>32 lower-case hexadecimal digits: the ETag of what is put at once.</summary>
    /// <exception cref="InvalidOperationException">It was not computed.</exception>
    public string Md5Hex => Convert.ToHexStringLower(Md5 ?? throw new InvalidOperationException("No MD5 was computed"));

    /// <summary>In base64, as headers and XML carry it; null where there is none.</summary>
    public string? ChecksumText => Checksum is null ? null : Convert.ToBase64String(Checksum);
}
