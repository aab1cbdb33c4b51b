namespace Akka.Configuration.Hocon;

/// <summary>Reads HOCON: https://github.com/lightbend/config/blob/main/HOCON.md.</summary>
public class Parser
{
    /// <summary>Objects and arrays may stand this deep in each other; the parser recurses.</summary>
    internal const int MaxDepth = 200;

    private const int MaxPathChars = 4096;

    private const int MaxIncludeDepth = 32;

    private const int MaxIncludes = 1000;

    // A callback that parses what it includes comes back here, maybe for ever.
    [ThreadStatic]
    private static int _includeDepth;

    [ThreadStatic]
    private static int _includes;

    private readonly List<HoconSubstitution> _substitutions = [];
    private readonly Func<string, HoconRoot>? _includeCallback;
    private readonly HoconScanner _scanner;

    private Parser(string text, Func<string, HoconRoot>? includeCallback)
    {
        _scanner = new HoconScanner(text);
        _includeCallback = includeCallback;
    }

    /// <param name="text">HOCON.</param>
    /// <param name="includeCallback">Is given the name in an include statement and returns what is there.</param>
    /// <exception cref="ConfigurationException">The text is not HOCON; the message names line and column.</exception>
    /// <exception cref="FormatException">A substitution names a setting that does not exist.</exception>
    public static HoconRoot Parse(string text, Func<string, HoconRoot>? includeCallback)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Parser(text, includeCallback).ParseRoot();
    }

    private HoconRoot ParseRoot()
    {
        var root = new HoconValue();
        var fields = root.OpenObject();
        _scanner.SkipBlanksAndComments();
        ParseFields(fields, "", 0, isBraced: _scanner.TryTake("{"));
        SkipSurplusBraces();
        if (_substitutions.Count > 0) new HoconResolver(root).Resolve();
        return new HoconRoot(root, _substitutions);
    }

    // Akka.NET reads a file with a closing brace too few or too many, and there are such files. But nothing that
    // comes after is silently left out.
    private void SkipSurplusBraces()
    {
        do _scanner.SkipBlanksAndComments();
        while (_scanner.TryTake("}") || _scanner.TryTake(","));
        if (!_scanner.AtEnd) throw _scanner.Error("expected the end of the text");
    }

    private void ParseFields(HoconObject fields, string path, int depth, bool isBraced)
    {
        if (depth > MaxDepth) throw _scanner.Error($"nested more than {MaxDepth} deep");
        while (true)
        {
            _scanner.SkipBlanksAndComments();
            if (_scanner.AtEnd) return;
            if (_scanner.Peek() == '}')
            {
                if (isBraced) _scanner.Take();
                return;
            }
            if (!TryParseInclude(fields, path, depth)) ParseField(fields, path, depth);
            _scanner.SkipBlanksAndComments();
            _scanner.TryTake(",");
        }
    }

    private void ParseField(HoconObject fields, string path, int depth)
    {
        var keys = HoconKeyReader.Read(_scanner);
        foreach (var key in keys.SkipLast(1))
        {
            path = HoconPath.Append(path, key);
            fields = fields.GetOrCreateKey(key).OpenObject();
        }
        path = HoconPath.Append(path, keys[^1]);
        var field = fields.GetOrCreateKey(keys[^1]);
        depth += keys.Count;
        if (path.Length > MaxPathChars) throw _scanner.Error($"a path of more than {MaxPathChars} characters");

        _scanner.SkipBlanksAndComments();
        if (_scanner.TryTake("{")) ParseFields(field.OpenObject(), path, depth, isBraced: true);
        else if (_scanner.TryTake("+=")) Append(field, path, ParseValue(path, depth));
        else if (_scanner.TryTake("=") || _scanner.TryTake(":")) field.Override(ParseValue(path, depth));
        else throw _scanner.Error("expected =, :, += or { after a key");
    }

    // a += b stands for a = ${?a} [b].
    private void Append(HoconValue field, string path, HoconValue added)
    {
        if (field is { Previous: null, Values: [HoconArray array] })
        {
            array.Add(added);
            return;
        }
        if (field.Values.Count == 0)
        {
            field.AppendValue(new HoconArray { added });
            return;
        }
        var before = new HoconSubstitution(path) { IsOptional = true };
        _substitutions.Add(before);
        field.Override(new HoconValue([before, new HoconArray { added }], adoptedFromFallback: false));
    }

    private HoconValue ParseValue(string path, int depth)
    {
        _scanner.SkipBlanksAndComments();
        var value = new HoconValue();
        Type? kind = null;
        while (true)
        {
            var start = _scanner.Position;
            var blanks = _scanner.TakeBlanks();
            if (ParseElement(path, depth) is not { } element)
            {
                if (value.Values.Count == 0) throw _scanner.Error("expected a value");
                return value;
            }
            // What a substitution stands for is not known yet.
            if (element is not HoconSubstitution)
            {
                if ((kind ??= element.GetType()) != element.GetType())
                    throw _scanner.Error("texts, arrays and objects cannot stand side by side in one value", start);
            }
            if (element is HoconObject fields && value.Values is [.., HoconObject last])
            {
                last.Merge(fields);
                continue;
            }
            if (blanks.Length > 0 && value.Values.Count > 0 && (kind ?? typeof(HoconLiteral)) == typeof(HoconLiteral))
                value.AppendValue(new HoconLiteral { Value = blanks });
            value.AppendValue(element);
        }
    }

    private IHoconElement? ParseElement(string path, int depth)
    {
        switch (_scanner.Peek())
        {
            case '{':
                _scanner.Take();
                var fields = new HoconObject();
                ParseFields(fields, path, depth + 1, isBraced: true);
                return fields;
            case '[':
                return ParseArray(path, depth + 1);
            case '"':
                return new HoconLiteral { Value = _scanner.TakeQuoted(), IsQuoted = true };
            case '$':
                return ParseSubstitution();
            default:
                if (_scanner.IsAtUnquoted) return new HoconLiteral { Value = _scanner.TakeUnquoted() };
                if (_scanner.AtEnd || _scanner.IsAtComment || "\n,}]".Contains(_scanner.Peek())) return null;
                throw _scanner.Error("a text with this character needs quotes");
        }
    }

    private HoconArray ParseArray(string path, int depth)
    {
        if (depth > MaxDepth) throw _scanner.Error($"nested more than {MaxDepth} deep");
        var start = _scanner.Position;
        _scanner.Take();
        var array = new HoconArray();
        while (true)
        {
            _scanner.SkipBlanksAndComments();
            if (_scanner.TryTake("]")) return array;
            if (_scanner.AtEnd) throw _scanner.Error("the array that begins here has no end", start);
            array.Add(ParseValue(path, depth));
            _scanner.SkipBlanksAndComments();
            _scanner.TryTake(",");
        }
    }

    private HoconSubstitution ParseSubstitution()
    {
        _scanner.Expect("${");
        var isOptional = _scanner.TryTake("?");
        var path = HoconPath.Join(HoconKeyReader.Read(_scanner));
        _scanner.Expect("}");
        var substitution = new HoconSubstitution(path) { IsOptional = isOptional };
        _substitutions.Add(substitution);
        return substitution;
    }

    private bool TryParseInclude(HoconObject fields, string path, int depth)
    {
        var start = _scanner.Position;
        if (HoconKeyReader.ReadInclude(_scanner) is not { } name) return false;
        if (_includeCallback is null) throw _scanner.Error("an include cannot be resolved here", start);
        if (_includeDepth == 0) _includes = 0;
        if (_includeDepth >= MaxIncludeDepth || ++_includes > MaxIncludes)
            throw _scanner.Error($"more than {MaxIncludeDepth} includes in each other, or {MaxIncludes} in all", start);
        _includeDepth++;
        try
        {
            // A copy, for the callback may hand out the same tree again.
            var root = _includeCallback(name)?.Value ?? throw _scanner.Error($"nothing to include as {name}", start);
            if (root.Clone(s => MoveBelow(s, path), MaxDepth - depth).Values is [HoconObject o]) fields.Merge(o);
        }
        finally
        {
            _includeDepth--;
        }
        return true;
    }

    private HoconSubstitution MoveBelow(HoconSubstitution substitution, string path)
    {
        var moved = new HoconSubstitution(path.Length == 0 ? substitution.Path : $"{path}.{substitution.Path}")
        {
            IsOptional = substitution.IsOptional,
            Written = substitution.Written,
        };
        _substitutions.Add(moved);
        return moved;
    }
}
