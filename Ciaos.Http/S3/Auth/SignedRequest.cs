namespace Ciaos.Http.S3.Auth;

/// <summary>What a request says about its own signature.</summary>
/// <param name="SessionToken">Null where none was sent.</param>
/// <param name="Lifetime">How long after <paramref name="Time"/> a presigned request may be used; null where the
/// signature is in the header.</param>
internal sealed record SignedRequest(
    CredentialScope Scope, SignedHeaders SignedHeaders, string Signature, DateTimeOffset Time,
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
}
