using Ciaos.Storage;

namespace Ciaos.Http;

/// <summary>Keys as they come in a request's path.</summary>
internal static class ObjectKeys
{
    /// <summary>The key, or why there is none, in words for the client.</summary>
    public static bool TryParse(ReadOnlySpan<char> encoded, out ObjectKey key, out string error)
    {
        key = default;
        return RequestTarget.TryDecode(encoded, out var text, out error)
            && ObjectKey.TryCreate(text, out key, out error);
    }

    /// <summary>
    /// The two keys of a rename. The slash between them is the only one that may stand for itself: with more of them,
    /// nobody knows where the first key ends, and a guess would rename the wrong object.
    /// </summary>
    public static bool TryParsePair(ReadOnlySpan<char> encoded, out ObjectKey from, out ObjectKey to, out string error)
    {
        (from, to) = (default, default);
        var slash = encoded.IndexOf('/');
        if (slash < 0)
        {
            error = "Two keys are needed: /update_key/{old}/{new}";
            return false;
        }

        if (encoded[(slash + 1)..].Contains('/'))
        {
            error = "It is not clear where the old key ends: send a slash within a key as %2F";
            return false;
        }

        return TryParse(encoded[..slash], out from, out error) && TryParse(encoded[(slash + 1)..], out to, out error);
    }
}
