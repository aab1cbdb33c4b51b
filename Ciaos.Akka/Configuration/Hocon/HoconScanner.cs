using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Reads the characters of a text of HOCON, and says where something is wrong with them.</summary>
internal sealed class HoconScanner(string text)
{
    private const string TripleQuote = "\"\"\"";

    // What cannot be in a text without quotes.
    private const string Reserved = "$\"{}[]:=+,#`^?!@*&\\";

    private int _at;

    public bool AtEnd => _at >= text.Length;

    public int Position => _at;

    /// <summary>The next character; NUL at the end of the text.</summary>
    public char Peek() => AtEnd ? '\0' : text[_at];

    public bool IsAt(string what) => string.CompareOrdinal(text, _at, what, 0, what.Length) == 0;

    public bool IsAtComment => Peek() == '#' || IsAt("//");

    public bool IsAtUnquoted => !AtEnd && !IsBlank(text[_at]) && !Reserved.Contains(text[_at]) && !IsAtComment;

    public bool IsAtBlank => !AtEnd && IsBlank(text[_at]) && text[_at] != '\n';

    public char Take() => text[_at++];

    public bool TryTake(string what)
    {
        if (!IsAt(what)) return false;
        _at += what.Length;
        return true;
    }

    public void Expect(string what)
    {
        if (!TryTake(what)) throw Error($"expected {what}");
    }

    public void GoTo(int position) => _at = position;

    /// <summary>Takes blanks on this line.</summary>
    public string TakeBlanks()
    {
        var from = _at;
        while (IsAtBlank) _at++;
        return text[from.._at];
    }

    public void SkipBlanksAndComments()
    {
        while (!AtEnd)
        {
            if (IsBlank(text[_at])) _at++;
            else if (IsAtComment) SkipLine();
            else return;
        }
    }

    public string TakeUnquoted()
    {
        var from = _at;
        while (IsAtUnquoted) _at++;
        return text[from.._at];
    }

    /// <summary>Takes a text in quotes, or in three of them: then nothing in it is special.</summary>
    public string TakeQuoted()
    {
        var start = _at;
        if (TryTake(TripleQuote)) return TakeTripleQuoted(start);
        Expect("\"");
        var result = new StringBuilder();
        while (!AtEnd)
        {
            var c = Take();
            if (c == '"') return result.ToString();
            result.Append(c == '\\' ? TakeEscape() : c);
        }
        throw Error("the text in quotes that begins here has no end", start);
    }

    /// <exception cref="ConfigurationException">Always; it names line and column and shows the line.</exception>
    public ConfigurationException Error(string problem, int? position = null)
    {
        var at = Math.Min(position ?? _at, text.Length);
        var lineStart = at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;
        var line = text.AsSpan(0, lineStart).Count('\n') + 1;
        var lineEnd = text.IndexOf('\n', at);
        var shown = text[lineStart..(lineEnd < 0 ? text.Length : lineEnd)].TrimEnd('\r');
        if (shown.Length > 120) shown = $"{shown[..120]}...";
        var found = at >= text.Length ? "the end of the text" : $"'{text[at]}'";
        return new ConfigurationException(string.Create(CultureInfo.InvariantCulture,
            $"Line {line}, column {at - lineStart + 1}: {problem}, found {found}\n{shown}"));
    }

    // Quotes directly before the closing three belong to the text.
    private string TakeTripleQuoted(int start)
    {
        var end = text.IndexOf(TripleQuote, _at, StringComparison.Ordinal);
        if (end < 0) throw Error("the text in three quotes that begins here has no end", start);
        while (end + TripleQuote.Length < text.Length && text[end + TripleQuote.Length] == '"') end++;
        var result = text[_at..end];
        _at = end + TripleQuote.Length;
        return result;
    }

    private char TakeEscape()
    {
        var start = _at - 1;
        var c = AtEnd ? '\0' : Take();
        switch (c)
        {
            case '"' or '\\' or '/': return c;
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u':
                if (_at + 4 <= text.Length && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture, out var code))
                {
                    _at += 4;
                    return (char)code;
                }
                break;
        }
        throw Error("unknown escape sequence", start);
    }

    private void SkipLine()
    {
        var end = text.IndexOf('\n', _at);
        _at = end < 0 ? text.Length : end;
    }

    // A byte order mark is one too.
    private static bool IsBlank(char c) => char.IsWhiteSpace(c) || c == '\uFEFF';
}
