using Ciaos.Bench.Encryption;
using Ciaos.Bench.Engine;
using Ciaos.Bench.Index;
using Ciaos.Bench.Node;
using Ciaos.Bench.Storage;

namespace Ciaos.Bench;

/// <summary>Runs benchmarks by name: <c>dotnet run -c Release --project Ciaos.Bench -- engine [case]</c>.</summary>
public static class Program
{
    // A benchmark gets the arguments after its name.
    private static readonly Dictionary<string, Func<string[], Task>> Benchmarks = new(StringComparer.Ordinal)
    {
        ["allocations"] = AllocationBench.Run,
        ["encryption"] = EncryptionBench.Run,
        ["engine"] = EngineBenchmark.Run,
        ["growth"] = GrowthBench.Run,
        ["index"] = IndexBench.Run,
        ["node"] = NodeBench.Run,
        ["persist"] = PersistBench.Run,
        [BareServer.Argument] = BareServer.Serve,
        ["streams"] = _ => StreamsBench.Run(),
        ["storage"] = StorageBench.Run,
    };

    public static async Task<int> Main(string[] args)
    {
        if (args.Length > 0 && Benchmarks.TryGetValue(args[0], out var run))
        {
            await run(args[1..]).ConfigureAwait(false);
            return 0;
        }

        await Console.Error.WriteLineAsync(
            $"Give the name of a benchmark: {string.Join(", ", Benchmarks.Keys)}").ConfigureAwait(false);
        return 2;
    }
}
