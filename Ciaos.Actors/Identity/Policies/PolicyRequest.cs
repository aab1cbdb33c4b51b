using System.Diagnostics.CodeAnalysis;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>What a policy belongs to.</summary>
public enum PolicyKind
{
    /// <summary>A user or a session: it says what that user may do, and names no principals.</summary>
    Identity = 1,

    /// <summary>A bucket: it says who may do what, and each of its statements names principals.</summary>
    Resource = 2,
}

/// <summary>What a policy says to a request.</summary>
public enum PolicyDecision
{
    /// <summary>No statement fits. What nobody allows is denied, but another policy may allow it.</summary>
    None = 0,

    Allow = 1,

    /// <summary>Whatever other policies say.</summary>
    Deny = 2,
}

/// <summary>Who sends a request.</summary>
/// <param name="CanonicalId">64 hexadecimal digits.</param>
public sealed record Principal(string UserName, string CanonicalId)
{
    /// <summary>Such as <c>logging.s3.amazonaws.com</c>: a part of the node acts by itself; null: a user.</summary>
    public string? Service { get; private init; }

    public string Arn => $"arn:aws:iam:::user/{UserName}";

    public static Principal OfService(string service) => new("", "") { Service = service };

    public static Principal Of(User user) => new(user.Name, user.CanonicalId);
}

/// <summary>What is to be judged.</summary>
/// <param name="Action">Such as <c>s3:GetObject</c>; its case does not matter.</param>
/// <param name="Resource">Such as <c>arn:aws:s3:::bucket/key</c>.</param>
/// <param name="Principal">Null: anonymous.</param>
/// <param name="Conditions">What else is known, by condition keys in lower case, such as <c>aws:sourceip</c>. Of a key
/// with a part behind a slash (<c>s3:existingobjecttag/Name</c>) that part may have any case.
/// <c>aws:username</c>, <c>aws:userid</c>, <c>aws:principalarn</c> and <c>aws:principaltype</c> follow from the
/// principal and need not be given.</param>
public sealed record PolicyRequest(
    string Action,
    string Resource,
    Principal? Principal,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Conditions)
{
    /// <summary>The values of a condition key.</summary>
    /// <param name="key">As the policy writes it, in any case.</param>
    internal bool TryFind(string key, [NotNullWhen(true)] out IReadOnlyList<string>? values)
    {
        var lower = key.ToLowerInvariant();
        values = OfPrincipal(lower) is { } own ? [own] : null;
        if (values is not null || Conditions.TryGetValue(lower, out values)) return true;
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 && Conditions.TryGetValue(lower[..slash] + key[slash..], out values);
    }

    private string? OfPrincipal(string key) => key switch
    {
        "aws:principalservicename" => Principal?.Service,
        _ when Principal?.Service is not null => null,
        "aws:username" => Principal?.UserName,
        "aws:userid" => Principal?.CanonicalId,
        "aws:principalarn" => Principal?.Arn,
        "aws:principaltype" => Principal is null ? "Anonymous" : "User",
        _ => null,
    };
}

/// <summary>A text is no policy. The message says where and why, in a sentence for whoever wrote it.</summary>
public sealed class PolicyFormatException(string message, Exception? cause = null) : Exception(message, cause);
