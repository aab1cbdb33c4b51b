namespace Ciaos.Http.S3.Auth;

/// <summary>The headers that a signature covers.</summary>
/// <param name="Text">As it was sent: the names with semicolons between them.</param>
/// <param name="Names">In lower case, in the order of the signature.</param>
internal sealed record SignedHeaders(string Text, string[] Names)
{
    private static readonly KnownTexts<SignedHeaders> Known = new(Parse);

    /// <summary>Null where a name is empty, not in lower case, or comes twice.</summary>
    public static SignedHeaders? Find(ReadOnlySpan<char> text) => Known.Find(text);

    /// <param name="name">In any case.</param>
    public bool Contains(string name)
    {
        foreach (var signed in Names)
            if (signed.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static SignedHeaders? Parse(string text)
    {
        var names = text.Split(';');
        return names.All(IsName) && names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? new SignedHeaders(text, names)
            : null;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !name.Any(c => c is <= ' ' or > '~' or ':' || char.IsAsciiLetterUpper(c));
}
