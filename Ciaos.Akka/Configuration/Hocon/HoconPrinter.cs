using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Writes values as HOCON that reads back as the same values.</summary>
internal static class HoconPrinter
{
    private const int SpacesPerLevel = 2;

    /// <summary>A value: at level 0 the fields of an object stand without braces, as they do in a file.</summary>
    public static string Value(HoconValue value, int indent) => Print(text => Write(text, value, indent));

    public static string Fields(HoconObject o, int indent) => Print(text => Write(text, o, indent));

    public static string Array(IEnumerable<HoconValue> elements, int indent) =>
        Print(text => Write(text, elements, indent));

    private static string Print(Action<StringBuilder> write)
    {
        var text = new StringBuilder();
        write(text);
        return text.ToString();
    }

    private static void Write(StringBuilder text, HoconValue value, int indent)
    {
        if (value.GetObject() is { } o)
        {
            if (indent > 0) text.Append("{\n");
            Write(text, o, indent);
            if (indent > 0) text.Append(' ', (indent - 1) * SpacesPerLevel).Append('}');
        }
        else if (value.IsArray())
        {
            Write(text, value.GetArray(), indent);
        }
        else if (value.GetString() is { } literal)
        {
            WriteText(text, literal, "-_./");
        }
        else if (value.IsString() || indent > 0)
        {
            text.Append("null");
        }
    }

    private static void Write(StringBuilder text, HoconObject o, int indent)
    {
        foreach (var (key, value) in o.Items)
        {
            text.Append(' ', indent * SpacesPerLevel);
            WriteText(text, key, "-_");
            text.Append(" : ");
            Write(text, value, indent + 1);
            text.Append('\n');
        }
    }

    private static void Write(StringBuilder text, IEnumerable<HoconValue> elements, int indent)
    {
        var separator = "[";
        foreach (var element in elements)
        {
            text.Append(separator);
            Write(text, element, indent + 1);
            separator = ", ";
        }
        text.Append(separator is "[" ? "[]" : "]");
    }

    // Two slashes begin a comment, and the two words mean something.
    private static void WriteText(StringBuilder text, string literal, string plainSigns)
    {
        var isPlain = literal.Length > 0 && literal is not ("null" or "include")
            && literal.All(c => char.IsAsciiLetterOrDigit(c) || plainSigns.Contains(c))
            && !literal.Contains("//", StringComparison.Ordinal);
        if (isPlain) text.Append(literal);
        else WriteQuoted(text, literal);
    }

    private static void WriteQuoted(StringBuilder text, string literal)
    {
        text.Append('"');
        foreach (var c in literal)
        {
            if (c is '"' or '\\') text.Append('\\').Append(c);
            else if (c < ' ' || char.IsSurrogate(c)) text.Append("\\u").Append(((int)c).ToString("x4", null));
            else text.Append(c);
        }
        text.Append('"');
    }
}
