using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ciaos.Client;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client.Benchmarks;

/// <summary>A run of <c>ciaos bench</c>: prepares what is read, warms up, measures. Everything that it stores lies
/// below one prefix, and <see cref="CleanAsync"/> removes that.</summary>
/// <param name="client">Tries nothing twice: a failure is to be counted, not to be hidden in a latency.</param>
internal sealed class BenchRun(CiaosClient client, BenchPlan plan)
{
    private readonly byte[] _content = MakeContent(plan.SizeBytes);
    private readonly StrongBox<long> _written = new();

    /// <summary>When it ends, however it does, no write is under way any more.</summary>
    public async Task<BenchReport> RunAsync(CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, plan.PreparedKeys),
            new ParallelOptions { MaxDegreeOfParallelism = plan.Connections, CancellationToken = cancellation },
            async (index, _) => await client.PutAsync(
                BenchWorker.ReadKey(plan, index), _content, cancellation: CancellationToken.None));
        var workers = Enumerable.Range(0, plan.Connections)
            .Select(id => new BenchWorker(id, client, plan, _content, _written))
            .ToList();
        await Task.WhenAll(workers.Select(worker => Task.Run(() => worker.WarmUpAsync(cancellation), cancellation)));
        _written.Value = plan.SizeBytes * plan.PreparedKeys;

        var begin = Stopwatch.GetTimestamp();
        await Task.WhenAll(workers.Select(worker => Task.Run(() => worker.MeasureAsync(cancellation), cancellation)));
        return Report(workers, Stopwatch.GetElapsedTime(begin));
    }

    /// <summary>Removes all that was stored, also what a failed request may have stored.</summary>
    /// <param name="patient">A client that tries again.</param>
    public static async Task CleanAsync(CiaosClient patient, BenchPlan plan)
    {
        var failures = new FailureCount();
        var meter = new TransferMeter();
        var work = ManyTransfers.RunAsync(
            patient.ListAsync(plan.Prefix), plan.Connections, failures, found => found.Key,
            (found, token) => patient.DeleteAsync(found.Key, cancellation: token), CancellationToken.None);
        await ProgressBar.ShowAsync("Removing what was stored", meter, work);
        if (failures.Count > 0)
            throw new CommandException(
                failures.ExitCode, $"Not all of it could be removed: ciaos rm -r {plan.Prefix} --yes");
    }

    private BenchReport Report(List<BenchWorker> workers, TimeSpan elapsed)
    {
        var (puts, gets) = (new LatencyHistogram(), new LatencyHistogram());
        var errors = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var worker in workers)
        {
            puts.Add(worker.Puts);
            gets.Add(worker.Gets);
            foreach (var (text, count) in worker.Errors) errors[text] = errors.GetValueOrDefault(text) + count;
        }

        return new BenchReport(plan, elapsed, puts, gets, errors, IsCut: _written.Value >= plan.MaxBytes);
    }

    // Bytes that do not compress, the same in each run.
    private static byte[] MakeContent(long sizeBytes)
    {
        var content = new byte[sizeBytes];
        new Random(1).NextBytes(content);
        return content;
    }
}
