using System.CommandLine;
using Ciaos.Client;

namespace Ciaos.Host.Client.Benchmarks;

/// <summary><c>ciaos bench</c>: how fast a node is, from here.</summary>
internal static class BenchCommand
{
    private const string Root = "ciaos-bench/";
    private const int MaxConnections = 1024;
    private const int MaxKeys = 1_000_000;
    private const long MaxSizeBytes = 256 * 1024 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Option<TimeSpan> Time = Arguments.Parsed<TimeSpan>(
        "--duration", "How long to measure, to 1h", "10s", "a duration such as 10s or 2m, from 100ms to 1h",
        (string text, out TimeSpan value) =>
            Duration.TryParse(text, out value) && value >= Shortest && value <= Longest);

    private static readonly Option<int> Connections = Arguments.Number(
        "--connections", "How many operations are under way at any time", 16, 1, MaxConnections, "-c");

    private static readonly Option<long> Size = Arguments.Parsed<long>(
        "--size", "Bytes of each object, to 256MiB", "4KiB", "a size such as 4KiB or 1MiB, to 256MiB",
        (string text, out long value) => ByteSize.TryParse(text, out value) && value <= MaxSizeBytes);

    private static readonly Option<BenchMix> Mix = Arguments.Parsed<BenchMix>(
        "--mix", "put, get, or both in percent: 95/5 reads 95 times where it writes 5 times", "95/5",
        "put, get, or percents of reads and writes such as 95/5", BenchMix.TryParse);

    private static readonly Option<int> Keys = Arguments.Number(
        "--keys", "How many objects there are to be read", 1000, 1, MaxKeys);

    private static readonly Option<long> MaxBytes = Arguments.Parsed<long>(
        "--max-bytes", "Ends early when so much was written", "4GiB", "a size such as 4GiB, from 1B on",
        (string text, out long value) => ByteSize.TryParse(text, out value) && value > 0);

    public static Command Build() => ClientCommand.Build(
        "bench", $"Measure how fast the node is from here, with objects below {Root} that are removed at the end",
        [Time, Connections, Size, Mix, Keys, MaxBytes], RunAsync);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        var plan = new BenchPlan(
            parsed.GetValue(Time), parsed.GetValue(Connections), parsed.GetValue(Size), parsed.GetValue(Mix),
            parsed.GetValue(Keys), parsed.GetValue(MaxBytes), $"{Root}{Guid.NewGuid():N}/");
        await using var client = new CiaosClient(session.Options with
        {
            Retries = 0,
            MaxConnections = plan.Connections,
            Timeout = Patience,
        });
        try
        {
            var work = new BenchRun(client, plan).RunAsync(cancellation);
            var report = await ProgressBar.ShowAsync($"Measuring with {plan.Prefix}", new TransferMeter(), work);
            if (session.AsJson) session.Output.Json(report.Write);
            else foreach (var line in report.Lines()) session.Output.Line(line);
            session.Output.Flush();
            return report.ErrorCount == 0 ? ExitCode.Done : ExitCode.Failed;
        }
        finally
        {
            await BenchRun.CleanAsync(session.Client, plan);
        }
    }
}
