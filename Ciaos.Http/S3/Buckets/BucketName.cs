using System.Net;

namespace Ciaos.Http.S3.Buckets;

/// <summary>Names that buckets may be given: those that can be a part of a host name.</summary>
internal static class BucketName
{
    public const int MinLength = 3;
    public const int MaxLength = 63;

    private static readonly string[] ReservedPrefixes = ["xn--", "sthree-", "amzn-s3-demo-"];
    private static readonly string[] ReservedSuffixes =
        ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

    public static bool IsValid(string name)
    {
        if (name.Length is < MinLength or > MaxLength) return false;
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter is not ('-' or '.'))
                return false;
        }

        return char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
            && !name.Contains("..", StringComparison.Ordinal)
            && !name.Contains(".-", StringComparison.Ordinal)
            && !name.Contains("-.", StringComparison.Ordinal)
            && !IsAddress(name)
            && !ReservedPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            && !ReservedSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal));
    }

    // 192.168.5.4, but not 2024.01.
    private static bool IsAddress(string name) =>
        name.Count(letter => letter == '.') == 3 && IPAddress.TryParse(name, out _);
}
