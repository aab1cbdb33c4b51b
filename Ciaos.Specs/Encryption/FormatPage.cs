using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ciaos.Specs.Encryption;

/// <summary>The worked examples of docs/encryption.md.</summary>
internal static class FormatPage
{
    // Lines such as "0010: 01 02 …   what it is" behind the line "<!-- example: name -->".
    public static byte[] Example(string name, [CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "encryption.md"))
            .SkipWhile(line => line != $"<!-- example: {name} -->")
            .SkipWhile(line => !line.StartsWith("0000:", StringComparison.Ordinal))
            .TakeWhile(line => line != "```")
            .SelectMany(line => line.Split("   ")[0].Split(' ').Skip(1))
            .Select(text => byte.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToArray();
}
