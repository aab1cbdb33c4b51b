using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Writes values as HOCON that reads back as the same values.</summary>
internal static class HoconPrinter
{
    private const int SpacesPerLevel = 2;

    /// <summary>A value: at level 0 the fields of an object stand without braces, as they do in a file.</summary>
    public static string Value(HoconValue value, int indent)
    {
        if (value.GetObject() is { } o)
        {
            return indent == 0
                ? Fields(o, 0)
                : $"{{\n{Fields(o, indent)}{new string(' ', (indent - 1) * SpacesPerLevel)}}}";
        }
        if (value.IsString()) return value.GetString() is { } text ? Text(text, "-_./") : "null";
        if (value.IsArray()) return Array(value.GetArray(), indent);
        return indent == 0 ? "" : "null";
    }

    public static string Array(IEnumerable<HoconValue> elements, int indent) =>
        $"[{string.Join(", ", elements.Select(e => Value(e, indent + 1)))}]";

    public static string Fields(HoconObject o, int indent)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in o.Items)
        {
            text.Append(' ', indent * SpacesPerLevel).Append(Text(key, "-_")).Append(" : ");
            text.Append(Value(value, indent + 1)).Append('\n');
        }
        return text.ToString();
    }

    // Two slashes begin a comment, and the other two words mean something.
    private static string Text(string text, string plainSigns)
    {
        var isPlain = text.Length > 0 && text is not ("null" or "include")
            && text.All(c => char.IsAsciiLetterOrDigit(c) || plainSigns.Contains(c))
            && !text.Contains("//", StringComparison.Ordinal);
        return isPlain ? text : Quote(text);
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c < ' ' || char.IsSurrogate(c)) quoted.Append("\\u").Append(((int)c).ToString("x4", null));
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
