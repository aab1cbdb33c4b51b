using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Identity.Policies;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Admin;

/// <summary>Who has proved to be a user, and with which key.</summary>
internal sealed record Caller(User User, AccessKey Key);

/// <summary>
/// Proof by a whole access key, as the native API and the admin API take it (docs/identity.md):
/// <c>Authorization: Bearer ID:SECRET</c>, for temporary keys <c>ID:SECRET:TOKEN</c>; the same behind
/// <c>User-Access-Key:</c>; or <c>Authorization: Basic</c>, which is what HTTP libraries make of an address such as
/// <c>http://ID:SECRET@host:9710</c>. Secrets are compared in constant time, and whether an id is unknown or a secret
/// is wrong is told by nothing. </summary>
internal sealed class Authentication(IdentityDirectory identity, TimeProvider time)
{
    /// <summary>The header <c>WWW-Authenticate</c> of answers with status 401. Basic is not offered: a browser would
    /// ask for it, keep it, and send it along with whatever any page makes it send.</summary>
    public const string Challenge = "Bearer realm=\"ciaos\"";

    public const string KeyHeader = "User-Access-Key";

    private const string BearerScheme = "Bearer ";
    private const string BasicScheme = "Basic ";
    private const int MaxLength = 1024;

    private const string Missing =
        "An access key is needed: send the header Authorization: Bearer ACCESS_KEY:SECRET_KEY";

    private const string Malformed =
        "The credentials cannot be read: send the header Authorization: Bearer ACCESS_KEY:SECRET_KEY, with a temporary "
        + "key ACCESS_KEY:SECRET_KEY:SESSION_TOKEN";

    private const string Wrong = "There is no such access key, or the secret key is another one";

    private static readonly string Nobody = new('?', 40);

    /// <summary>The caller, or the text of the answer with status 401.</summary>
    public bool TryRead(HttpRequest request, [NotNullWhen(true)] out Caller? caller, out string error)
    {
        caller = null;
        if (!TryReadText(request, out var text, out error)) return false;
        error = Malformed;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || text.Length > MaxLength) return false;
        error = Wrong;
        var key = identity.FindKey(text[..colon]);
        if (!AreEqual(ProofOf(key), text[(colon + 1)..]) || key is null) return false;
        if (identity.FindUser(key.User) is not { } user) return false;
        error = !key.IsActive ? $"The access key {key.Id} is not active"
            : !user.IsActive ? $"The user {user.Name} is disabled"
            : key.Expires <= time.GetUtcNow() ? $"The temporary access key {key.Id} has expired"
            : "";
        if (error.Length > 0) return false;
        identity.NoteUse(key.Id);
        caller = new Caller(user, key);
        return true;
    }

    /// <summary>What a policy may ask of a request, whatever it is about.</summary>
    public PolicyRequest Ask(HttpContext context, Caller caller, string action, string resource)
    {
        var now = time.GetUtcNow();
        var conditions = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["aws:securetransport"] = [context.Request.IsHttps ? "true" : "false"],
            ["aws:currenttime"] = [now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", Culture)],
            ["aws:epochtime"] = [now.ToUnixTimeSeconds().ToString(Culture)],
            ["aws:useragent"] = [context.Request.Headers.UserAgent.ToString()],
        };
        if (context.Connection.RemoteIpAddress is { } address) conditions["aws:sourceip"] = [address.ToString()];
        return new PolicyRequest(action, resource, Principal.Of(caller.User), conditions);
    }

    public bool IsAllowed(HttpContext context, Caller caller, string action, string resource, bool isOwner = false) =>
        identity.Evaluate(caller.User, caller.Key, Ask(context, caller, action, resource), isOwner)
        == PolicyDecision.Allow;

    private static System.Globalization.CultureInfo Culture => System.Globalization.CultureInfo.InvariantCulture;

    private static string ProofOf(AccessKey? key) => key switch
    {
        null => Nobody,
        { SessionToken: { } token } => $"{key.Secret}:{token}",
        _ => key.Secret,
    };

    // Of hashes, so that not even the lengths are told.
    private static bool AreEqual(string expected, string given) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(expected)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));

    private static bool TryReadText(HttpRequest request, out string text, out string error)
    {
        var (authorization, own) = (request.Headers.Authorization, request.Headers[KeyHeader]);
        (text, error) = ("", Malformed);
        switch (authorization.Count, own.Count)
        {
            case (0, 0):
                error = Missing;
                return false;
            case (0, 1):
                text = own[0] ?? "";
                return true;
            case (1, 0):
                return TryReadScheme(authorization[0] ?? "", out text);
            default:
                error = "There are several headers with credentials: send one";
                return false;
        }
    }

    private static bool TryReadScheme(string header, out string text)
    {
        text = "";
        if (header.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase))
        {
            text = header[BearerScheme.Length..].Trim();
            return true;
        }

        if (!header.StartsWith(BasicScheme, StringComparison.OrdinalIgnoreCase)) return false;
        var encoded = header[BasicScheme.Length..].Trim();
        Span<byte> bytes = stackalloc byte[MaxLength];
        if (encoded.Length > MaxLength || !Convert.TryFromBase64String(encoded, bytes, out var count)) return false;
        text = Encoding.Latin1.GetString(bytes[..count]);
        return true;
    }
}
