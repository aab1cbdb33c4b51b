using Ciaos.Bench.Encryption;
using Ciaos.Bench.Engine;
using Ciaos.Bench.Index;
using Ciaos.Bench.Node;
using Ciaos.Bench.Storage;

namespace Ciaos.Bench;

/// <summary>
/// Runs benchmarks by name: <c>dotnet run -c Release --project Ciaos.Bench -- NAME [ARGUMENT…] [--json FILE]</c>.
/// docs/benchmarks.md tells them all.
/// </summary>
internal static class Program
{
    // A benchmark gets the arguments after its name.
    private static readonly Dictionary<string, Func<string[], BenchReport, Task>> Benchmarks =
        new(StringComparer.Ordinal)
        {
            ["engine"] = EngineBenchmark.Run,
            ["streams"] = StreamsBench.Run,
            ["persist"] = PersistBench.Run,
            ["storage"] = StorageBench.Run,
            ["encryption"] = EncryptionBench.Run,
            ["index"] = IndexBench.Run,
            ["allocations"] = AllocationBench.Run,
            ["node"] = NodeBench.Run,
            ["growth"] = GrowthBench.Run,
        };

    public static async Task<int> Main(string[] args)
    {
        if (args.Length > 0 && args[0] == BareServer.Argument)
        {
            await BareServer.Serve(args[1..]);
            return 0;
        }

        var arguments = args.ToList();
        var jsonPath = Take(arguments, "--json");
        if (arguments.Count > 0 && Benchmarks.TryGetValue(arguments[0], out var run))
        {
            var report = new BenchReport(string.Join(' ', args), jsonPath);
            report.Begin(arguments[0]);
            await run([.. arguments[1..]], report);
            return 0;
        }

        await Console.Error.WriteLineAsync($"Give the name of a benchmark: {string.Join(", ", Benchmarks.Keys)}");
        return 2;
    }

    // The value behind an option, which is taken out of the arguments.
    private static string? Take(List<string> arguments, string option)
    {
        var at = arguments.IndexOf(option);
        if (at < 0) return null;
        if (at + 1 == arguments.Count) throw new ArgumentException($"{option} needs a value");
        var value = arguments[at + 1];
        arguments.RemoveRange(at, 2);
        return value;
    }
}
