using Ciaos.Bench.Encryption;
using Ciaos.Bench.Engine;
using Ciaos.Bench.Index;
using Ciaos.Bench.Node;
using Ciaos.Bench.Storage;

namespace Ciaos.Bench;

/// <summary>
/// Runs benchmarks by name: <c>dotnet run -c Release --project Ciaos.Bench -- NAME [ARGUMENT…] [--json FILE]</c>, or
/// all: <c>-- all [--quick] [--folder DIR] [--json FILE]</c>. docs/benchmarks.md tells them all.
/// </summary>
internal static class Program
{
    private const int ExitPartFailed = 1;
    private const int ExitWrongUse = 2;
    private const int ExitBrokenOff = 130;

    private static readonly string[] QuickSizes = ["10000", "100000"];
    private static readonly string[] Sizes = ["10000", "100000", "1000000", "10000000"];

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
            ["sql"] = SqlBench.Run,
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

        using var listening = Interruption.Listen();
        try
        {
            return await RunAsync(args);
        }
        catch (WrongUseException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return ExitWrongUse;
        }
        catch (Exception) when (Interruption.IsRequested)
        {
            // Servers that got the signal too may have failed before anybody looked.
            await Console.Error.WriteLineAsync("Broken off");
            return ExitBrokenOff;
        }
    }

    private static async Task<int> RunAsync(string[] args)
    {
        var arguments = args.ToList();
        var jsonPath = Take(arguments, "--json");
        var isAll = arguments is ["all", ..];
        if (!isAll && (arguments.Count == 0 || !Benchmarks.ContainsKey(arguments[0])))
            throw new WrongUseException($"Give the name of a benchmark: all, {string.Join(", ", Benchmarks.Keys)}");

        var report = new BenchReport(string.Join(' ', args), jsonPath);
        if (isAll) await AllAsync(arguments, report);
        else await PartAsync(arguments[0], [.. arguments[1..]], report);
        var targets = new Targets([.. report.Figures]).Find();
        if (targets.Count > 0) report.Begin("wanted");
        foreach (var target in targets) report.Add(target);
        return report.HasFailures ? ExitPartFailed : 0;
    }

    private static Task PartAsync(string part, string[] arguments, BenchReport report)
    {
        report.Begin(part);
        return Benchmarks[part](arguments, report);
    }

    // What a quick run has of node and growth is what something is wanted of.
    private static async Task AllAsync(List<string> arguments, BenchReport report)
    {
        arguments.RemoveAt(0);
        var isQuick = arguments.Remove("--quick");
        string[] folder = Take(arguments, "--folder") is { } given ? [given] : [];
        string[] forNodes = [.. folder.SelectMany(path => new[] { "--folder", path }), .. arguments];
        if (isQuick) forNodes = [.. forNodes, "--seconds", "2", "--rounds", "1", "--warm-up", "2"];
        _ = NodeBenchOptions.Parse(forNodes);
        (string Part, string[] Arguments)[] parts =
        [
            ("engine", []), ("streams", []), ("persist", []), ("storage", folder), ("encryption", folder),
            ("index", []), ("allocations", []),
            ("node", isQuick ? [.. forNodes, "--keys", "100000", .. Targets.Cases] : forNodes),
            ("growth", [.. forNodes, .. isQuick ? QuickSizes : Sizes]),
        ];
        foreach (var (part, itsArguments) in parts)
        {
            try
            {
                await PartAsync(part, itsArguments, report);
            }
            catch (Exception failure) when (!Interruption.IsRequested)
            {
                report.Fail(part, failure);
            }
        }
    }

    // The value behind an option, which is taken out of the arguments.
    private static string? Take(List<string> arguments, string option)
    {
        var at = arguments.IndexOf(option);
        if (at < 0) return null;
        if (at + 1 == arguments.Count) throw new WrongUseException($"{option} needs a value");
        var value = arguments[at + 1];
        arguments.RemoveRange(at, 2);
        return value;
    }
}
