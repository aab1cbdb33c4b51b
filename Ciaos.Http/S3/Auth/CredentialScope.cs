namespace Ciaos.Http.S3.Auth;

/// <summary>Who signed, and for which day, region and service: <c>key/20130524/us-east-1/s3/aws4_request</c>.</summary>
internal sealed record CredentialScope(string AccessKeyId, string Day, string Region, string Service)
{
    public const string S3 = "s3";
    public const string Sts = "sts";

    private const string Terminator = "aws4_request";

    private static readonly KnownTexts<CredentialScope> Known = new(ParseNew);

    /// <summary>All but the key id: a line of the string to sign.</summary>
    public string Text { get; } = $"{Day}/{Region}/{Service}/{Terminator}";

    /// <summary>Null where it is none. The id of a key may have slashes in it.</summary>
    public static CredentialScope? Parse(ReadOnlySpan<char> text) => Known.Find(text);

    private static CredentialScope? ParseNew(string text)
    {
        var parts = text.Split('/');
        if (parts.Length < 5 || parts[^1] != Terminator) return null;
        var id = string.Join('/', parts[..^4]);
        var day = parts[^4];
        return id.Length == 0 || day.Length != AmzDate.DayLength || !day.All(char.IsAsciiDigit)
            ? null
            : new CredentialScope(id, day, parts[^3], parts[^2]);
    }
}
