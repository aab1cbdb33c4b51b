using System.Globalization;
using System.Numerics;

namespace Ciaos.Http.S3.Auth;

/// <summary>A signature in the query: whoever has the address may use it until it expires.</summary>
internal static class PresignedQuery
{
    private const string Algorithm = "X-Amz-Algorithm";
    private const string Token = "X-Amz-Security-Token";
    private const int MaxLifetimeSeconds = 7 * 24 * 60 * 60;

    private static readonly string[] Required =
    [
        Algorithm, "X-Amz-Credential", CanonicalRequest.SignatureParameter, "X-Amz-Date", "X-Amz-SignedHeaders",
        "X-Amz-Expires",
    ];

    public static bool IsIn(S3Query query) => query.Has(Algorithm) || query.Has(CanonicalRequest.SignatureParameter);

    /// <summary>The presigned requests of Signature Version 2.</summary>
    public static bool IsVersion2In(S3Query query) => query.Has("AWSAccessKeyId") && query.Has("Signature");

    /// <exception cref="S3Exception">A parameter is missing, malformed or there twice.</exception>
    public static SignedRequest Parse(S3Query query)
    {
        foreach (var name in Required) CheckOnce(query, name, isRequired: true);
        CheckOnce(query, Token, isRequired: false);
        if (query.Text(Algorithm) != SignatureV4.Algorithm)
            throw Malformed($"X-Amz-Algorithm only supports \"{SignatureV4.Algorithm}\"");
        var scope = CredentialScope.Parse(query.Text("X-Amz-Credential"))
            ?? throw Malformed(
                $"Error parsing the X-Amz-Credential parameter; expecting \"{SignedRequest.CredentialShape}\".");
        if (!AmzDate.TryParseBasic(query.Text("X-Amz-Date"), out var time))
            throw Malformed("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        var signedHeaders = SignedHeaders.Find(query.Text("X-Amz-SignedHeaders"))
            ?? throw Malformed("X-Amz-SignedHeaders must be lower-case names, each once.");
        return new SignedRequest(
            scope, signedHeaders, query.Text(CanonicalRequest.SignatureParameter), time, query.Find(Token),
            LifetimeOf(query.Text("X-Amz-Expires")));
    }

    private static void CheckOnce(S3Query query, string name, bool isRequired)
    {
        var count = 0;
        foreach (var (given, _) in query.Parameters)
            if (given == name) count++;
        if (count == 1 || (count == 0 && !isRequired)) return;
        throw Malformed(
            "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
            + "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters, each once.");
    }

    private static TimeSpan LifetimeOf(string text)
    {
        // Numbers of any size, so that all that are out of the range are told to be.
        if (!BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
            throw Malformed("X-Amz-Expires should be a number");
        return seconds >= 1 && seconds <= MaxLifetimeSeconds
            ? TimeSpan.FromSeconds((int)seconds)
            : throw new S3Exception(
                S3Error.PresignedLifetimeError,
                $"X-Amz-Expires must be between 1 and {MaxLifetimeSeconds} seconds, which are a week");
    }

    private static S3Exception Malformed(string text) => new(S3Error.AuthorizationQueryParametersError, text);
}
