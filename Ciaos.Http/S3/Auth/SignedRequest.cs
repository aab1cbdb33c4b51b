namespace Ciaos.Http.S3.Auth;

/// <summary>What a request says about its own signature.</summary>
/// <param name="SignedHeaders">Lower-case names, in their order.</param>
/// <param name="SessionToken">Null where none was sent.</param>
/// <param name="Lifetime">How long after <paramref name="Time"/> a presigned request may be used; null where the
/// signature is in the header.</param>
internal sealed record SignedRequest(
    CredentialScope Scope, IReadOnlyList<string> SignedHeaders, string Signature, DateTimeOffset Time,
    string? SessionToken, TimeSpan? Lifetime)
{
    public const string CredentialShape = "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request";

    public bool IsPresigned => Lifetime is not null;

    /// <summary>The error for a signature that is malformed where this one is.</summary>
    public S3Exception Malformed(string text, params KeyValuePair<string, string>[] details) => IsPresigned
        ? new S3Exception(S3Error.AuthorizationQueryParametersError, text) { Details = details }
        : new S3Exception(S3Error.AuthorizationHeaderMalformed, "The authorization header is malformed; " + text)
        {
            Details = details,
        };

    /// <summary>Null where a name is empty, not in lower case, or comes twice.</summary>
    public static IReadOnlyList<string>? ParseSignedHeaders(string text)
    {
        var names = text.Split(';');
        return names.All(IsName) && names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : null;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !name.Any(c => c is <= ' ' or > '~' or ':' || char.IsAsciiLetterUpper(c));
}
