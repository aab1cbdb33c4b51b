using System.Text.RegularExpressions;
using Xunit;

namespace Ciaos.Specs;

/// <summary>Holds the sources to the limits of the house style. A limit is only ever tightened.</summary>
public sealed partial class TidySpec
{
    private const int MaxFileLines = 500;
    private const int MaxFunctionLines = 70;
    private const int MaxColumns = 120;
    private const int MaxArchitectureLines = 120;

    private static readonly string Root = FindRoot();
    private static readonly SourceFile[] Sources = [.. ReadSources()];

    [Fact]
    public void No_file_is_longer_than_500_lines() =>
        AssertNone(Sources
            .Where(file => file.Lines.Length > MaxFileLines)
            .Select(file => $"{file.Path}: {file.Lines.Length} lines"));

    [Fact]
    public void No_line_is_longer_than_120_columns() =>
        AssertNone(EachLine((line, _) => line.Length > MaxColumns));

    [Fact]
    public void No_function_is_longer_than_70_lines() =>
        AssertNone(Sources.SelectMany(file => LongFunctions(file)));

    [Fact]
    public void No_regions_and_no_open_ends() =>
        AssertNone(EachLine((line, file) => file.Name != "TidySpec.cs" && OpenEnds().IsMatch(line)));

    [Fact]
    public void Namespaces_are_file_scoped_but_for_types_that_belong_to_several() =>
        AssertNone(Sources
            .Where(file => file.Lines.Count(IsNamespace) == 1)
            .Where(file => !file.Lines.First(IsNamespace).EndsWith(';'))
            .Select(file => file.Path));

    [Fact]
    public void Specs_do_not_sleep() =>
        AssertNone(EachLine((line, file) =>
            file.Path.StartsWith("Ciaos.Specs/", StringComparison.Ordinal) && file.Name != "TidySpec.cs"
            && line.Contains("Thread.Sleep")));

    [Fact]
    public void Folders_are_parts_of_the_system_not_kinds() =>
        AssertNone(Sources.Select(file => file.Path).Where(path => KindFolder().IsMatch(path)));

    [Fact]
    public void Only_the_engine_declares_Akka_namespaces() =>
        AssertNone(EachLine((line, file) => line.StartsWith("namespace Akka", StringComparison.Ordinal)
            && !file.Path.StartsWith("Ciaos.Akka", StringComparison.Ordinal)));

    [Fact]
    public void Nothing_is_compiled_by_the_choice_of_engine() =>
        AssertNone(EachLine((line, _) => line.StartsWith("#if", StringComparison.Ordinal)));

    [Fact]
    public void The_architecture_fits_one_page() =>
        Assert.InRange(
            File.ReadAllLines(Path.Combine(Root, "docs", "architecture.md")).Length, 1, MaxArchitectureLines);

    [Fact]
    public void Every_setting_has_a_comment()
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "hocon", "reference.conf"));
        AssertNone(lines
            .Select((line, index) => (line, index))
            .Where(at => Setting().IsMatch(at.line) && at.line.TrimStart()[0] != '#' && !IsExplained(lines, at.index))
            .Select(at => $"reference.conf:{at.index + 1}: {at.line.Trim()}"));
    }

    [Fact]
    public void Documents_that_others_link_to_exist()
    {
        var markdown = Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Append(Path.Combine(Root, "README.md"));
        AssertNone(markdown.SelectMany(file => MarkdownLink().Matches(File.ReadAllText(file))
            .Select(link => link.Groups["target"].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, target)))
            .Select(target => $"{Path.GetRelativePath(Root, file)} links to {target}")));
    }

    /// <summary>A comment stands above the setting, or above the run of settings that it follows.</summary>
    private static bool IsExplained(string[] lines, int index)
    {
        for (var above = index - 1; above >= 0 && lines[above].Trim().Length > 0; above--)
            if (lines[above].TrimStart().StartsWith('#')) return true;
        return false;
    }

    private static IEnumerable<string> LongFunctions(SourceFile file)
    {
        for (var start = 1; start < file.Lines.Length; start++)
        {
            var line = file.Lines[start];
            if (line.Trim() != "{") continue;
            var head = HeadOf(file, start);
            if (!FunctionHead().IsMatch(head) || TypeHead().IsMatch(head)) continue;
            var closing = string.Concat(line.AsSpan(0, line.Length - 1), "}");
            var end = Array.FindIndex(file.Lines, start, candidate => candidate.TrimEnd(';', ',', ')') == closing);
            if (end - start > MaxFunctionLines) yield return $"{file.Path}:{start}: {end - start - 1} lines in {head}";
        }
    }

    /// <summary>The declaration or statement that a brace belongs to, on one line.</summary>
    private static string HeadOf(SourceFile file, int brace)
    {
        var first = brace - 1;
        while (first > 0 && Continues(file.Lines[first - 1].Trim())) first--;
        return string.Join(' ', file.Lines[first..brace].Select(line => line.Trim()));
    }

    private static bool Continues(string line) =>
        line is [.., not (';' or '}' or '{')] && !line.StartsWith("//", StringComparison.Ordinal);

    private static IEnumerable<string> EachLine(Func<string, SourceFile, bool> isBad) =>
        Sources.SelectMany(file => file.Lines.Select((line, index) => (file, line, index)))
            .Where(at => isBad(at.line, at.file))
            .Select(at => $"{at.file.Path}:{at.index + 1}: {at.line.Trim()}");

    private static bool IsNamespace(string line) => line.StartsWith("namespace ", StringComparison.Ordinal);

    private static void AssertNone(IEnumerable<string> findings)
    {
        var found = findings.ToList();
        Assert.True(found.Count == 0, $"{found.Count} places:\n{string.Join('\n', found.Take(40))}");
    }

    private static IEnumerable<SourceFile> ReadSources() =>
        Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(folder => folder is "bin" or "obj"))
            .Select(path => new SourceFile(path, Path.GetFileName(path), File.ReadAllLines(Path.Combine(Root, path))));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ciaos.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The specs do not run inside the source tree");
    }

    private sealed record SourceFile(string Path, string Name, string[] Lines);

    [GeneratedRegex(@"^\s*#(end)?region|\b(TODO|FIXME|HACK|XXX)\b(?! #\d)|NotImplementedException")]
    private static partial Regex OpenEnds();

    [GeneratedRegex("(^|/)(Interfaces|Messages|Helpers|Utils|Common|Misc)/")]
    private static partial Regex KindFolder();

    [GeneratedRegex(@"^\s*[a-z][A-Za-z0-9.-]*\s*=")]
    private static partial Regex Setting();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex MarkdownLink();

    [GeneratedRegex(@"\)\s*(where .*)?$|=>\s*$")]
    private static partial Regex FunctionHead();

    [GeneratedRegex(@"\b(class|record|struct|interface|namespace|enum)\b")]
    private static partial Regex TypeHead();
}
