using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Auth;

/// <summary>A signature in the header Authorization.</summary>
internal static class AuthorizationHeader
{
    private const string DateHeader = "x-amz-date";
    private const string TokenHeader = "x-amz-security-token";

    /// <exception cref="S3Exception">It is of another kind, or malformed.</exception>
    public static SignedRequest Parse(IHeaderDictionary headers)
    {
        var values = headers.Authorization;
        var text = values.Count == 1 ? values[0]! : throw new S3Exception(
            S3Error.InvalidArgument, "There is more than one Authorization header.");
        if (text.Trim().Length == 0) throw new S3Exception(S3Error.AccessDenied);
        var fields = FieldsOf(text);
        var credential = Field(fields, "Credential");
        var scope = CredentialScope.Parse(credential)
            ?? throw Malformed($"the Credential is mal-formed; expecting \"{SignedRequest.CredentialShape}\".");
        var signedHeaders = SignedRequest.ParseSignedHeaders(Field(fields, "SignedHeaders"))
            ?? throw Malformed("the SignedHeaders are mal-formed; expecting lower-case names, each once.");
        var signature = Field(fields, "Signature");
        return new SignedRequest(scope, signedHeaders, signature, TimeOf(headers), TokenOf(headers), Lifetime: null);
    }

    private static Dictionary<string, string> FieldsOf(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var algorithm = space < 0 ? text : text[..space];
        if (algorithm == "AWS") throw RefuseVersion2(text);
        if (algorithm.StartsWith("AWS4-", StringComparison.Ordinal) && algorithm != SignatureV4.Algorithm)
            throw new S3Exception(S3Error.UnsupportedSignature);
        if (algorithm != SignatureV4.Algorithm)
            throw new S3Exception(S3Error.InvalidArgument, "Unsupported Authorization Type.")
            {
                Details = [new("ArgumentName", "Authorization"), new("ArgumentValue", algorithm)],
            };
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text[algorithm.Length..].Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) throw Malformed("it has a field without a value.");
            if (!fields.TryAdd(part[..equals], part[(equals + 1)..])) throw Malformed("it has a field twice.");
        }

        return fields;
    }

    private static S3Exception RefuseVersion2(string text) => text.Contains(':', StringComparison.Ordinal)
        ? new S3Exception(S3Error.UnsupportedSignature)
        : new S3Exception(
            S3Error.InvalidArgument, "AWS authorization header is invalid. Expected AwsAccessKeyId:signature.");

    private static string Field(Dictionary<string, string> fields, string name) =>
        fields.TryGetValue(name, out var value) && value.Length > 0 ? value : throw Malformed($"it has no {name}.");

    private static DateTimeOffset TimeOf(IHeaderDictionary headers)
    {
        var values = headers[DateHeader];
        if (values.Count == 0) values = headers.Date;
        return values.Count == 1 && AmzDate.TryParse(values[0]!.Trim(), out var time)
            ? time
            : throw new S3Exception(
                S3Error.AccessDenied, "AWS authentication requires a valid Date or x-amz-date header.");
    }

    private static string? TokenOf(IHeaderDictionary headers)
    {
        var values = headers[TokenHeader];
        if (values.Count > 1) throw new S3Exception(S3Error.InvalidToken);
        return values.Count == 0 ? null : values[0]!.Trim();
    }

    private static S3Exception Malformed(string text) =>
        new(S3Error.AuthorizationHeaderMalformed, "The authorization header is malformed; " + text);
}
