using System.Collections.Immutable;

namespace Ciaos.Actors.Identity;

/// <summary>Somebody who may own buckets and objects.</summary>
/// <param name="Name">1 to 64 letters, digits and <c>+=,.@_-</c>; never changes.</param>
/// <param name="CanonicalId">64 hexadecimal digits: how ACLs name the user. Never changes.</param>
/// <param name="Email">Unlike anybody else's, whatever the case.</param>
/// <param name="IsRoot">May do everything, whatever policies say.</param>
/// <param name="Policies">Name to IAM policy, as JSON.</param>
public sealed record User(
    string Name,
    string CanonicalId,
    string DisplayName,
    string? Email,
    bool IsRoot,
    bool IsActive,
    DateTimeOffset Created,
    ImmutableSortedDictionary<string, string> Policies,
    Quota Quota)
{
    /// <summary>How policies name the user.</summary>
    public string Arn => $"arn:aws:iam:::user/{Name}";
}

/// <summary>What a user may use; null is without limit.</summary>
/// <param name="MaxBytes">Of all buckets that the user owns, 0 and up.</param>
/// <param name="MaxObjects">Of all buckets that the user owns, 0 and up.</param>
/// <param name="MaxRequestsPerSecond">Above 0.</param>
public sealed record Quota(long? MaxBytes, long? MaxObjects, double? MaxRequestsPerSecond)
{
    public static readonly Quota None = new(null, null, null);
}

/// <summary>What a client proves who it is with.</summary>
/// <param name="Id">3 to 128 letters, digits and underscores: public.</param>
/// <param name="Secret">8 to 128 printable ASCII characters without spaces.</param>
/// <param name="Expires">Of temporary keys: from then on the key is of no use.</param>
/// <param name="SessionToken">Of temporary keys: has to be sent beside the id.</param>
/// <param name="SessionPolicy">Of temporary keys: an IAM policy that must allow a request too.</param>
public sealed record AccessKey(
    string Id,
    string Secret,
    string User,
    bool IsActive,
    DateTimeOffset Created,
    DateTimeOffset? Expires,
    string? SessionToken,
    string? SessionPolicy)
{
    public bool IsTemporary => SessionToken is not null;

    // A record would print them, and into logs they must not get.
    public override string ToString() => $"AccessKey {Id} of {User}";
}
