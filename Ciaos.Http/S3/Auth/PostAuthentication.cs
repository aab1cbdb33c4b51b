using System.Security.Cryptography;
using System.Text;
using Ciaos.Http.S3.Bodies;

namespace Ciaos.Http.S3.Auth;

/// <summary>Who sent a form, and how long its file may be.</summary>
internal sealed record PostGrant(S3Caller Caller, BodyLimits Limits);

/// <summary>
/// Tells who signed the policy of a form. The newer signature is that of Signature Version 4; the older, an HMAC with
/// SHA-1, is taken here because forms of that kind are still written. A form without a policy is anonymous.
/// </summary>
internal sealed class PostAuthentication(S3Authentication authentication)
{
    private const string Policy = "policy";
    private const string OldKey = "AWSAccessKeyId";

    /// <param name="bucket">To which the form was sent.</param>
    /// <param name="maxObjectBytes">How long any object may be.</param>
    /// <exception cref="S3Exception">A field is missing, the signature is wrong, or the policy does not allow the
    /// form.</exception>
    public PostGrant Authenticate(PostForm form, string bucket, long maxObjectBytes)
    {
        if (form.Text("key").Length == 0) throw Missing("key");
        var isNew = form.Fields.ContainsKey("x-amz-algorithm");
        if (!isNew && !form.Fields.ContainsKey(OldKey) && !form.Fields.ContainsKey(Policy))
            return new PostGrant(new S3Caller(null, S3Payload.Unsigned, null), new BodyLimits(0, maxObjectBytes));
        var policy = form.Text(Policy);
        if (policy.Length == 0) throw Missing(Policy);
        var credential = isNew ? CheckNewSignature(form, policy) : CheckOldSignature(form, policy);
        var token = form.Fields.GetValueOrDefault("x-amz-security-token");
        credential.CheckUsable(token, authentication.Now);
        var document = PostPolicy.Parse(policy);
        document.Check(form.Fields, bucket, authentication.Now);
        return new PostGrant(
            new S3Caller(credential, S3Payload.Unsigned, null),
            new BodyLimits(document.MinBytes, Math.Min(document.MaxBytes, maxObjectBytes)));
    }

    private Credential CheckNewSignature(PostForm form, string policy)
    {
        if (form.Text("x-amz-algorithm") != SignatureV4.Algorithm)
            throw Wrong("x-amz-algorithm", form.Text("x-amz-algorithm"), $"only {SignatureV4.Algorithm} is supported");
        var signature = Required(form, "x-amz-signature");
        var credentialText = Required(form, "x-amz-credential");
        var scope = CredentialScope.Parse(credentialText)
            ?? throw Wrong("x-amz-credential", credentialText, "expecting " + SignedRequest.CredentialShape);
        if (scope.Region != authentication.Region || scope.Service != CredentialScope.S3)
            throw Wrong(
                "x-amz-credential", credentialText, $"expecting the region {authentication.Region} and the service s3");
        if (!AmzDate.TryParseBasic(Required(form, "x-amz-date"), out var time) || AmzDate.FormatDay(time) != scope.Day)
            throw Wrong("x-amz-date", form.Text("x-amz-date"), "expecting a time of the credential's day");
        var (credential, key) = authentication.FindKey(scope);
        return Accept(credential, SignatureV4.Sign(key, policy), signature, policy);
    }

    private Credential CheckOldSignature(PostForm form, string policy)
    {
        var signature = Required(form, "signature");
        var credential = authentication.Find(Required(form, OldKey));
        var hash = HMACSHA1.HashData(Encoding.UTF8.GetBytes(credential.Secret), Encoding.UTF8.GetBytes(policy));
        return Accept(credential, Convert.ToBase64String(hash), signature, policy);
    }

    private static Credential Accept(Credential credential, string expected, string given, string policy)
    {
        if (SignatureV4.AreEqual(expected, given)) return credential;
        throw new S3Exception(S3Error.SignatureDoesNotMatch)
        {
            Details =
            [
                new("AWSAccessKeyId", credential.AccessKeyId), new("StringToSign", policy),
                new("SignatureProvided", given),
            ],
        };
    }

    private static string Required(PostForm form, string name) =>
        form.Text(name) is { Length: > 0 } value ? value : throw Missing(name);

    private static S3Exception Missing(string name) => new(
        S3Error.InvalidArgument,
        $"Bucket POST must contain a field named '{name}'. If it is specified, please check the order of the fields.")
    {
        Details = [new("ArgumentName", name), new("ArgumentValue", "")],
    };

    private static S3Exception Wrong(string name, string value, string text) => new(
        S3Error.InvalidArgument, $"The field {name} is not valid: {text}.")
    {
        Details = [new("ArgumentName", name), new("ArgumentValue", value)],
    };
}
