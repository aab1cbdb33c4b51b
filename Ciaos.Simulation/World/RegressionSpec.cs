using Ciaos.Simulation.Model;
using Xunit;

namespace Ciaos.Simulation.World;

/// <summary>Scripts that have failed once, each for the bug that its first lines tell of.</summary>
public sealed class RegressionSpec
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Regressions");

    public static TheoryData<string> Names => new(
        Directory.EnumerateFiles(Folder, "*.txt").Select(path => Path.GetFileNameWithoutExtension(path)).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void What_once_failed_is_right(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder, name + ".txt"));
        Assert.StartsWith("# ", text, StringComparison.Ordinal);
        var result = Runner.Run(Script.Parse(text));
        Assert.True(result.Failure is null, $"{result.Failure}\n{string.Join('\n', result.Trace)}");
    }
}
