using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Auth;

/// <summary>A signature in the header Authorization.</summary>
internal static class AuthorizationHeader
{
    private const string DateHeader = "x-amz-date";
    private const string TokenHeader = "x-amz-security-token";

    /// <exception cref="S3Exception">It is of another kind, or malformed.</exception>
    public static SignedRequest Parse(IHeaderDictionary headers, DateTimeOffset now)
    {
        var values = headers.Authorization;
        var text = values.Count == 1 ? values[0]! : throw new S3Exception(
            S3Error.InvalidArgument, "There is more than one Authorization header.");
        if (text.AsSpan().Trim().IsEmpty) throw new S3Exception(S3Error.AccessDenied);
        if (text.StartsWith("AWS ", StringComparison.Ordinal)) throw RefuseVersion2(text, headers, now);
        var fields = new Fields(FieldsOf(text));
        var scope = CredentialScope.Parse(Required(fields.Credential, "Credential"))
            ?? throw Malformed($"the Credential is mal-formed; expecting \"{SignedRequest.CredentialShape}\".");
        var signedHeaders = SignedHeaders.Find(Required(fields.SignedHeaders, "SignedHeaders"))
            ?? throw Malformed("the SignedHeaders are mal-formed; expecting lower-case names, each once.");
        var signature = new string(Required(fields.Signature, "Signature"));
        return new SignedRequest(scope, signedHeaders, signature, TimeOf(headers), TokenOf(headers), Lifetime: null);
    }

    private static ReadOnlySpan<char> FieldsOf(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var algorithm = text.AsSpan(0, space < 0 ? text.Length : space);
        if (algorithm is SignatureV4.Algorithm) return text.AsSpan(algorithm.Length);
        if (algorithm.StartsWith("AWS4-", StringComparison.Ordinal))
            throw new S3Exception(S3Error.UnsupportedSignature);
        throw new S3Exception(S3Error.InvalidArgument, "Unsupported Authorization Type.")
        {
            Details =
            [
                new("ArgumentName", "Authorization"), new("ArgumentValue", new string(algorithm)),
            ],
        };
    }

    // What is wrong with its time is told first, as where that version is known.
    private static S3Exception RefuseVersion2(string text, IHeaderDictionary headers, DateTimeOffset now)
    {
        if (!text.Contains(':', StringComparison.Ordinal))
            return new S3Exception(
                S3Error.InvalidArgument, "AWS authorization header is invalid. Expected AwsAccessKeyId:signature.");
        S3Authentication.RequireNear(TimeOf(headers), now);
        return new S3Exception(S3Error.UnsupportedSignature);
    }

    private static ReadOnlySpan<char> Required(ReadOnlySpan<char> value, string name) =>
        value.IsEmpty ? throw Malformed($"it has no {name}.") : value;

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

    /// <summary>What is between the commas. Fields that nobody knows are passed over.</summary>
    private readonly ref struct Fields
    {
        public Fields(ReadOnlySpan<char> text)
        {
            foreach (var range in text.Split(','))
            {
                var part = text[range].Trim();
                var equals = part.IndexOf('=');
                if (equals < 0) throw Malformed("it has a field without a value.");
                var value = part[(equals + 1)..];
                switch (part[..equals])
                {
                    case "Credential":
                        Credential = Once(Credential, value);
                        break;
                    case "SignedHeaders":
                        SignedHeaders = Once(SignedHeaders, value);
                        break;
                    case "Signature":
                        Signature = Once(Signature, value);
                        break;
                }
            }
        }

        public ReadOnlySpan<char> Credential { get; }

        public ReadOnlySpan<char> SignedHeaders { get; }

        public ReadOnlySpan<char> Signature { get; }

        private static ReadOnlySpan<char> Once(ReadOnlySpan<char> before, ReadOnlySpan<char> value) =>
            before.IsEmpty ? value : throw Malformed("it has a field twice.");
    }
}
