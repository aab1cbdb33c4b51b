using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Reads what can stand where a key is expected: a path of keys, or an include statement.</summary>
internal static class HoconKeyReader
{
    /// <summary>Keys with dots between them; blanks within a key belong to it, those around it do not.</summary>
    public static List<string> Read(HoconScanner scanner)
    {
        var keys = new List<string>();
        do
        {
            keys.Add(ReadOne(scanner));
            if (keys.Count > Parser.MaxDepth) throw scanner.Error($"a path of more than {Parser.MaxDepth} keys");
        }
        while (scanner.TryTake("."));
        return keys;
    }

    /// <summary>The name in <c>include "name"</c> or <c>include file("name")</c>; null if it is neither.</summary>
    public static string? ReadInclude(HoconScanner scanner)
    {
        var start = scanner.Position;
        if (!scanner.TryTake("include")) return null;
        scanner.TakeBlanks();
        var parentheses = 0;
        foreach (var form in new[] { "required(", "file(", "url(", "classpath(" })
        {
            if (!scanner.TryTake(form)) continue;
            parentheses++;
            scanner.TakeBlanks();
        }
        if (scanner.Peek() != '"')
        {
            scanner.GoTo(start);
            return null;
        }
        var name = scanner.TakeQuoted();
        scanner.TakeBlanks();
        // A key may begin with the word: then it is followed by an assignment.
        if (scanner.Peek() is '=' or ':' or '.' or '{')
        {
            scanner.GoTo(start);
            return null;
        }
        for (; parentheses > 0; parentheses--)
        {
            scanner.Expect(")");
            scanner.TakeBlanks();
        }
        return name;
    }

    private static string ReadOne(HoconScanner scanner)
    {
        var key = new StringBuilder();
        var isQuoted = false;
        scanner.TakeBlanks();
        while (true)
        {
            if (scanner.Peek() == '"')
            {
                isQuoted = true;
                key.Append(scanner.TakeQuoted());
            }
            else if (scanner.IsAtUnquoted && scanner.Peek() != '.')
            {
                key.Append(scanner.Take());
            }
            else
            {
                var blanks = scanner.TakeBlanks();
                var goesOn = scanner.Peek() == '"' || (scanner.IsAtUnquoted && scanner.Peek() != '.');
                if (blanks.Length == 0 || !goesOn) break;
                key.Append(blanks);
            }
        }
        return key.Length > 0 || isQuoted ? key.ToString() : throw scanner.Error("expected a key");
    }
}
