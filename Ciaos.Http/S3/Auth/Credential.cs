namespace Ciaos.Http.S3.Auth;

/// <summary>An access key, as far as authentication has to know it.</summary>
/// <param name="SessionToken">What a temporary key must be sent with; null for a lasting one.</param>
/// <param name="Expires">When a temporary key ends; null for never.</param>
/// <param name="IsUserActive">Whether the user behind the key may do anything at all.</param>
internal sealed record Credential(
    string AccessKeyId, string Secret, string? SessionToken, DateTimeOffset? Expires, bool IsActive, bool IsUserActive)
{
    // A record would print its secret, and into logs it must not get.
    public override string ToString() => $"Credential {AccessKeyId}";

    /// <summary>Throws where the key may not be used, though its signature was right: nobody without the secret
    /// learns in what state a key is.</summary>
    /// <param name="sessionToken">As it was sent; null where none was.</param>
    public void CheckUsable(string? sessionToken, DateTimeOffset now)
    {
        if (!IsActive || (SessionToken is not null && sessionToken is null))
            throw new S3Exception(S3Error.InvalidAccessKeyId) { Details = [new("AWSAccessKeyId", AccessKeyId)] };
        if (!SignatureV4.AreEqual(SessionToken ?? "", sessionToken ?? "")) throw new S3Exception(S3Error.InvalidToken);
        if (Expires <= now) throw new S3Exception(S3Error.ExpiredToken);
        if (!IsUserActive) throw new S3Exception(S3Error.AccessDenied, "The user of this access key is not active.");
    }
}

/// <summary>Null: there is no such key.</summary>
internal delegate Credential? FindCredential(string accessKeyId);
