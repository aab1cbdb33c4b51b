using System.Collections.Immutable;
using System.Text;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>
/// A text of a policy in which <c>*</c> stands for any number of characters, <c>?</c> for one, and
/// <c>${name}</c> for something of the request: <c>${aws:username}</c>, or <c>${aws:username, 'nobody'}</c> with what
/// stands there where the request has none. <c>${*}</c>, <c>${?}</c> and <c>${$}</c> are those characters themselves.
/// What comes from the request never acts as a wildcard.
/// </summary>
internal sealed class PolicyPattern
{
    private readonly ImmutableArray<Part> _parts;
    private readonly Glob? _fixed;

    private PolicyPattern(string text, ImmutableArray<Part> parts)
    {
        (Text, _parts) = (text, parts);
        if (!HasVariables) _fixed = Expand(null);
    }

    /// <summary>As the policy has it.</summary>
    public string Text { get; }

    public bool HasVariables => _parts.Any(part => part.Variable is not null);

    public bool HasWildcards => _parts.Any(part => part is { Variable: null, IsWild: true });

    /// <summary>Matches everything.</summary>
    public bool IsEverything =>
        _parts.Length > 0 && _parts.All(part => part is { Variable: null, IsWild: true, Text: "*" });

    /// <param name="withVariables">Otherwise a dollar sign is just that: so in policies of the version
    /// 2008-10-17.</param>
    /// <param name="withWildcards">Otherwise <c>*</c> and <c>?</c> are just those.</param>
    /// <exception cref="PolicyFormatException">A variable does not end, or has no name.</exception>
    public static PolicyPattern Parse(string text, bool withVariables, bool withWildcards = true)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (withVariables && text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{')
            {
                var end = text.IndexOf('}', i);
                if (end < 0) throw new PolicyFormatException($"A variable in \"{text}\" has no end: }} is missing");
                AddVariable(text[(i + 2)..end], text, parts, literal);
                i = end;
            }
            else if (withWildcards && text[i] is '*' or '?')
            {
                AddLiteral(parts, literal);
                parts.Add(new Part(text[i] == '*' ? "*" : "?", IsWild: true));
            }
            else
            {
                literal.Append(text[i]);
            }
        }

        AddLiteral(parts, literal);
        return new PolicyPattern(text, parts.ToImmutable());
    }

    /// <param name="request">Tells the variables. A pattern with one that it does not know matches nothing. Null: it
    /// knows none.</param>
    public bool Matches(string value, PolicyRequest? request, bool ignoreCase = false) =>
        (_fixed ?? Expand(request))?.Matches(value, ignoreCase) ?? false;

    private static void AddVariable(
        string inner, string text, ImmutableArray<Part>.Builder parts, StringBuilder literal)
    {
        if (inner is "*" or "?" or "$")
        {
            literal.Append(inner);
            return;
        }

        var comma = inner.IndexOf(',', StringComparison.Ordinal);
        var name = (comma < 0 ? inner : inner[..comma]).Trim();
        var otherwise = comma < 0 ? null : inner[(comma + 1)..].Trim();
        if (otherwise is not null)
        {
            if (otherwise.Length < 2 || otherwise[0] != '\'' || otherwise[^1] != '\'')
                throw new PolicyFormatException(
                    $"The default value of a variable in \"{text}\" has to stand in single quotation marks");
            otherwise = otherwise[1..^1];
        }

        if (name.Length == 0) throw new PolicyFormatException($"A variable in \"{text}\" has no name");
        AddLiteral(parts, literal);
        parts.Add(new Part(otherwise, IsWild: false, name));
    }

    private static void AddLiteral(ImmutableArray<Part>.Builder parts, StringBuilder literal)
    {
        if (literal.Length > 0) parts.Add(new Part(literal.ToString(), IsWild: false));
        literal.Clear();
    }

    private Glob? Expand(PolicyRequest? request)
    {
        var letters = new StringBuilder();
        var wild = new List<bool>();
        foreach (var part in _parts)
        {
            var text = part.Text;
            if (part.Variable is { } name && request is not null && request.TryFind(name, out var values))
                text = values.Count == 1 ? values[0] : null;
            if (text is null) return null;
            letters.Append(text);
            for (var i = 0; i < text.Length; i++) wild.Add(part.IsWild);
        }

        return new Glob(letters.ToString(), [.. wild]);
    }

    /// <param name="Text">What stands there; of a variable: where the request does not know it, null: nothing.</param>
    private readonly record struct Part(string? Text, bool IsWild, string? Variable = null);

    /// <summary>Letters, some of which are wildcards.</summary>
    private sealed class Glob(string letters, bool[] wild)
    {
        // When what follows the last star does not fit, the star takes one character more: no deeper search is needed.
        public bool Matches(string value, bool ignoreCase)
        {
            int at = 0, next = 0, star = -1, taken = 0;
            while (at < value.Length)
            {
                if (next < letters.Length && wild[next] && letters[next] == '*')
                {
                    (star, taken) = (next++, at);
                }
                else if (next < letters.Length && (wild[next] || AreEqual(letters[next], value[at], ignoreCase)))
                {
                    (at, next) = (at + 1, next + 1);
                }
                else if (star >= 0)
                {
                    (next, at) = (star + 1, ++taken);
                }
                else
                {
                    return false;
                }
            }

            while (next < letters.Length && wild[next] && letters[next] == '*') next++;
            return next == letters.Length;
        }

        private static bool AreEqual(char a, char b, bool ignoreCase) =>
            a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
    }
}
