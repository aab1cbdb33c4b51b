using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Ciaos.Simulation.Model;

/// <summary>
/// Operations as lines of text, and back, so that a failing run can be kept as a test whatever becomes of the workload:
/// a name, an owner, then what the operation needs. Keys are quoted; a quote, a backslash and what is not printable
/// ASCII is written as <c>\uXXXX</c>.
/// </summary>
internal static class OperationText
{
    public static string Print(Operation operation) => operation switch
    {
        RawPut put => Join("raw-put", put, Quote(put.Key), $"{put.Content}", $"{put.Condition}", TypeOf(put)),
        BrokenPut put => Join("broken-put", put, Quote(put.Key), $"{put.Content}", Number(put.SentBytes)),
        RawGet { Range: { } range } get => Join("raw-get", get, Quote(get.Key), range.Header),
        RawGet get => Join("raw-get", get, Quote(get.Key)),
        RawHead head => Join("raw-head", head, Quote(head.Key)),
        RawDelete delete => Join("raw-delete", delete, Quote(delete.Key), $"{delete.Condition}"),
        Stat stat => Join("stat", stat, Quote(stat.Key)),
        FilesPut put => Join("put", put, Quote(put.Key), FilesOf(put)),
        FilesUpdate update => Join("update", update, Quote(update.Key), FilesOf(update)),
        FilesAppend append => Join("append", append, Quote(append.Key), FilesOf(append)),
        FilesGet get => Join("get", get, Quote(get.Key)),
        Delete delete => Join("delete", delete, Quote(delete.Key)),
        Rename rename => Join("rename", rename, Quote(rename.Key), Quote(rename.NewKey)),
        List list => Join("list", list, Quote(list.Prefix), Quote(list.After), Number(list.Limit)),
        S3Operation s3 => S3Text.Print(s3),
        _ => throw new ArgumentException($"{operation.GetType()} has no text", nameof(operation)),
    };

    /// <exception cref="FormatException">It is no operation.</exception>
    public static Operation Parse(string line)
    {
        var parts = Split(line);
        if (parts.Count < 3) throw new FormatException($"\"{line}\" is no operation");
        var (name, owner, key, rest) = (parts[0], parts[1], parts[2], parts[3..]);
        return name switch
        {
            "raw-put" => new RawPut(owner, key, Content.Parse(rest[0]), ConditionIn(rest), TypeIn(rest)),
            "broken-put" => new BrokenPut(owner, key, Content.Parse(rest[0]), Number(rest[1])),
            "raw-get" => new RawGet(owner, key, rest.Count > 0 ? Range(rest[0]) : null),
            "raw-head" => new RawHead(owner, key),
            "raw-delete" => new RawDelete(owner, key, ConditionIn(rest)),
            "stat" => new Stat(owner, key),
            "put" => new FilesPut(owner, key, Files(rest[0])),
            "update" => new FilesUpdate(owner, key, Files(rest[0])),
            "append" => new FilesAppend(owner, key, Files(rest[0])),
            "get" => new FilesGet(owner, key),
            "delete" => new Delete(owner, key),
            "rename" => new Rename(owner, key, rest[0]),
            "list" => new List(owner, key, rest[0], Number(rest[1])),
            _ when S3Text.Parse(name, owner, key, rest) is { } operation => operation,
            _ => throw new FormatException($"\"{name}\" is no operation"),
        };
    }

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            if (character is >= ' ' and <= '~' and not ('"' or '\\')) quoted.Append(character);
            else quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return quoted.Append('"').ToString();
    }

    private static string Join(string name, Operation operation, params string[] parts) =>
        string.Join(' ', parts.Where(part => part.Length > 0).Prepend(operation.Owner).Prepend(name));

    private static string TypeOf(RawPut put) => put.ContentType is { } type ? $"type={type}" : "";

    private static string FilesOf(FilesWrite write) => string.Join(',', write.Files);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static ImmutableArray<Content> Files(string text) => [.. text.Split(',').Select(Content.Parse)];

    private static Condition ConditionIn(List<string> parts) =>
        parts.Find(part => part.StartsWith("if-", StringComparison.Ordinal)) is { } text
            ? Condition.Parse(text)
            : Condition.None;

    private static string? TypeIn(List<string> parts) =>
        parts.Find(part => part.StartsWith("type=", StringComparison.Ordinal))?["type=".Length..];

    private static ReadRange Range(string text)
    {
        var ends = text["bytes=".Length..].Split('-');
        return new ReadRange(End(ends[0]), End(ends[1]));
    }

    private static long? End(string text) =>
        text.Length == 0 ? null : long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    // A part that begins with a quote ends with the next one: within it there is none.
    private static List<string> Split(string line)
    {
        var parts = new List<string>();
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == ' ') continue;
            var isQuoted = line[at] == '"';
            var start = isQuoted ? at + 1 : at;
            var end = line.IndexOf(isQuoted ? '"' : ' ', start);
            if (end < 0 && isQuoted) throw new FormatException($"A quote is not closed: {line}");
            if (end < 0) end = line.Length;
            parts.Add(isQuoted ? Unquote(line[start..end]) : line[start..end]);
            at = end;
        }

        return parts;
    }

    private static string Unquote(string quoted)
    {
        var text = new StringBuilder();
        for (var at = 0; at < quoted.Length; at++)
        {
            if (quoted[at] != '\\')
            {
                text.Append(quoted[at]);
                continue;
            }

            text.Append((char)int.Parse(
                quoted.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            at += 5;
        }

        return text.ToString();
    }
}
