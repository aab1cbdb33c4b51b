namespace Ciaos.Http.Admin;

/// <summary>One line of the table of the admin API's routes. The document openapi.json tells the same for
/// clients.</summary>
/// <param name="Path">Below <c>/admin/v1/</c>; a segment in braces stands for a name.</param>
/// <param name="Action">What a policy has to allow; empty where whoever has an access key may ask, and the handler
/// looks further.</param>
internal sealed record AdminRoute(string Method, string Path, string Action, Func<AdminRequest, Task> HandleAsync)
{
    private readonly string[] _segments = Path.Split('/');

    /// <param name="segments">Of the path, decoded.</param>
    public bool Fits(IReadOnlyList<string> segments)
    {
        if (segments.Count != _segments.Length) return false;
        for (var i = 0; i < _segments.Length; i++)
            if (!IsName(_segments[i]) && _segments[i] != segments[i]) return false;
        return true;
    }

    /// <summary>What stands in the place of names.</summary>
    public IReadOnlyList<string> NamesIn(IReadOnlyList<string> segments) =>
        [.. segments.Where((_, i) => IsName(_segments[i]))];

    /// <summary>What a policy may be about: the user in the path, or all.</summary>
    public string ResourceOf(IReadOnlyList<string> names, Func<string, string?> userOfKey) =>
        names.Count == 0 ? "arn:aws:iam:::*"
        : _segments[0] == "keys" ? $"arn:aws:iam:::user/{userOfKey(names[0]) ?? "-"}"
        : $"arn:aws:iam:::user/{names[0]}";

    private static bool IsName(string segment) => segment.StartsWith('{');
}
