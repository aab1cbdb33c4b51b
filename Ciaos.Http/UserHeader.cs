using Microsoft.AspNetCore.Http;

namespace Ciaos.Http;

/// <summary>Whose keys a request is about: the header that every client sends.</summary>
internal static class UserHeader
{
    private const int MaxLength = 256;

    /// <summary>The user, or the text of the answer with status 400.</summary>
    public static bool TryRead(HttpRequest request, out string user, out string error)
    {
        user = "";
        error = "Missing User header";
        if (!request.Headers.TryGetValue("User", out var values) || values.Count == 0) return false;
        user = values[0] ?? "";
        error = "Invalid User header value";
        return values.Count == 1 && user.Length is > 0 and <= MaxLength && IsPrintable(user);
    }

    private static bool IsPrintable(string value)
    {
        foreach (var c in value)
            if (c is < ' ' or > '~') return false;
        return true;
    }
}
