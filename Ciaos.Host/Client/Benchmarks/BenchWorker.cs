using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Ciaos.Client;

namespace Ciaos.Host.Client.Benchmarks;

/// <summary>One of the connections of a run: one operation after the other. Used by one task at a time.</summary>
/// <param name="written">Bytes that all workers have written; shared.</param>
internal sealed class BenchWorker(
    int id, CiaosClient client, BenchPlan plan, ReadOnlyMemory<byte> content, StrongBox<long> written)
{
    /// <summary>A node that fails at once must not be asked in a tight loop.</summary>
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(10);

    private readonly Random _random = new(id);
    private long _count;

    public LatencyHistogram Puts { get; private set; } = new();

    public LatencyHistogram Gets { get; private set; } = new();

    public Dictionary<string, long> Errors { get; } = new(StringComparer.Ordinal);

    public static string ReadKey(BenchPlan plan, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{plan.Prefix}read/{index:D7}");

    /// <summary>What fails here would fail in the measurement too: it ends the run.</summary>
    public async Task WarmUpAsync(CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        do await OneAsync(cancellation);
        while (Stopwatch.GetElapsedTime(begin) < plan.WarmUp);
        (Puts, Gets) = (new LatencyHistogram(), new LatencyHistogram());
    }

    public async Task MeasureAsync(CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < plan.Duration && Volatile.Read(ref written.Value) < plan.MaxBytes)
        {
            try
            {
                await OneAsync(cancellation);
            }
            catch (CiaosException failure)
            {
                var text = failure.Status == 0 ? failure.Text : $"{failure.Status} {failure.Text}";
                Errors[text] = Errors.GetValueOrDefault(text) + 1;
                await Task.Delay(PauseAfterError, cancellation);
            }
        }
    }

    // A write that is under way is not cut off: the node could still store it after all the others were removed.
    private async Task OneAsync(CancellationToken cancellation)
    {
        var begin = Stopwatch.GetTimestamp();
        if (_random.Next(100) < plan.Mix.ReadPercent)
        {
            await client.GetToAsync(
                ReadKey(plan, _random.Next(plan.PreparedKeys)), Stream.Null, cancellation: cancellation);
            Gets.Add(Stopwatch.GetElapsedTime(begin));
        }
        else
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"{plan.Prefix}{id:D4}/{_count++:D9}");
            cancellation.ThrowIfCancellationRequested();
            await client.PutAsync(key, content, cancellation: CancellationToken.None);
            Puts.Add(Stopwatch.GetElapsedTime(begin));
            Interlocked.Add(ref written.Value, content.Length);
        }
    }
}
