using System.Text;

namespace Ciaos.Actors.Identity;

/// <summary>Forms of names, ids and secrets, and new ones.</summary>
internal static class KeyTexts
{
    public const string NameForm = "1 to 64 letters, digits and +=,.@_-";
    public const string PolicyNameForm = "1 to 128 letters, digits and +=,.@_-";
    public const string IdForm = "3 to 128 letters, digits and underscores";
    public const string SecretForm = "8 to 128 printable ASCII characters without spaces";
    public const string CanonicalIdForm = "64 lower-case hexadecimal digits";
    public const string EmailForm = "up to 254 printable ASCII characters with an @ between others";
    public const string DisplayNameForm = "1 to 256 characters, none of them a control character";

    private const string IdLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string SecretLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+_";
    private const int IdLength = 20;
    private const int SecretLength = 40;
    private const int TokenBytes = 48;
    private const int CanonicalIdBytes = 32;

    public static bool IsName(string text) => text.Length is > 0 and <= 64 && text.All(IsNameLetter);

    public static bool IsPolicyName(string text) => text.Length is > 0 and <= 128 && text.All(IsNameLetter);

    public static bool IsId(string text) =>
        text.Length is >= 3 and <= 128 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    public static bool IsSecret(string text) =>
        text.Length is >= 8 and <= 128 && text.All(letter => letter is > ' ' and <= '~');

    public static bool IsCanonicalId(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    public static bool IsEmail(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return text.Length <= 254 && at > 0 && at < text.Length - 1 && text.All(letter => letter is > ' ' and <= '~');
    }

    public static bool IsDisplayName(string text) =>
        text.Length is > 0 and <= 256
        && !text.EnumerateRunes().Any(letter => Rune.IsControl(letter) || letter == Rune.ReplacementChar);

    /// <summary>20 upper-case letters and digits: 90 random bits behind a prefix that tells what it is.</summary>
    /// <param name="prefix">AK for lasting keys, AS for temporary ones.</param>
    public static string NewId(string prefix, FillRandom random) =>
        prefix + Pick(IdLetters, IdLength - prefix.Length, random);

    /// <summary>240 random bits.</summary>
    public static string NewSecret(FillRandom random) => Pick(SecretLetters, SecretLength, random);

    public static string NewToken(FillRandom random)
    {
        Span<byte> bytes = stackalloc byte[TokenBytes];
        random(bytes);
        return Convert.ToBase64String(bytes);
    }

    public static string NewCanonicalId(FillRandom random)
    {
        Span<byte> bytes = stackalloc byte[CanonicalIdBytes];
        random(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    private static bool IsNameLetter(char letter) =>
        char.IsAsciiLetterOrDigit(letter) || letter is '+' or '=' or ',' or '.' or '@' or '_' or '-';

    // There are 32 or 64 letters, so that each is as likely as any other.
    private static string Pick(string letters, int count, FillRandom random)
    {
        Span<byte> bytes = stackalloc byte[count];
        random(bytes);
        Span<char> picked = stackalloc char[count];
        for (var i = 0; i < count; i++) picked[i] = letters[bytes[i] % letters.Length];
        return new string(picked);
    }
}
