using System.CommandLine;
using System.Diagnostics;
using Ciaos.Client;

namespace Ciaos.Host.Client.Top;

/// <summary><c>ciaos top</c>: what a node is doing, live.</summary>
internal static class TopCommand
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan KeyInterval = TimeSpan.FromMilliseconds(100);

    private static readonly Option<TimeSpan> Interval = Arguments.Parsed<TimeSpan>(
        "--interval", "Time from one reading to the next", "2s", "a duration such as 500ms or 10s, from 100ms on",
        (string text, out TimeSpan value) => Duration.TryParse(text, out value) && value >= Shortest);

    private static readonly Option<bool> Once = new("--once")
    {
        Description = "Tell what happens within one interval, and end",
    };

    public static Command Build() => ClientCommand.Build(
        "top", "Show live what a node is doing: requests, latencies, commits, volumes, disk (from /metrics)",
        [Interval, Once], RunAsync, needsUser: false);

    private static async Task<int> RunAsync(ClientSession session, ParseResult parsed, CancellationToken cancellation)
    {
        using var node = new NodeHttp(session.Options);
        var readings = new Readings(node, parsed.GetValue(Interval));
        await readings.BeginAsync(cancellation);
        if (parsed.GetValue(Once))
        {
            await Task.Delay(readings.Interval, cancellation);
            Print(session, await readings.NextAsync(cancellation));
        }
        else if (session.Output.IsTerminal && !session.AsJson)
        {
            await ShowAsync(session, readings, cancellation);
        }
        else
        {
            while (true)
            {
                await Task.Delay(readings.Interval, cancellation);
                Print(session, await readings.NextAsync(cancellation));
                if (!session.AsJson) session.Output.Line("");
                session.Output.Flush();
            }
        }

        return ExitCode.Done;
    }

    private static void Print(ClientSession session, TopReading reading)
    {
        if (session.AsJson) session.Output.Json(json => TopText.Write(json, reading));
        else foreach (var line in TopText.Lines(reading, session.Options.Address)) session.Output.Line(line);
    }

    private static async Task ShowAsync(ClientSession session, Readings readings, CancellationToken cancellation)
    {
        using var screen = new TopScreen();
        screen.Show($"Watching {session.Options.Address} …");
        while (!await IsQuitAsync(readings.Interval, cancellation))
        {
            try
            {
                screen.Show(await readings.NextAsync(cancellation), session.Options.Address);
            }
            catch (CommandException failure) when (failure.ExitCode == ExitCode.Unavailable)
            {
                // It may be started again.
                screen.Show(failure.Message);
            }
        }
    }

    private static async Task<bool> IsQuitAsync(TimeSpan interval, CancellationToken cancellation)
    {
        var since = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(since) < interval)
        {
            if (TopScreen.IsQuitAsked()) return true;
            await Task.Delay(KeyInterval, cancellation);
        }

        return false;
    }

    /// <summary>Keeps the reading before, which the next one is compared with.</summary>
    private sealed class Readings(NodeHttp node, TimeSpan interval)
    {
        private List<MetricSample> _last = [];
        private long _lastTimestamp;

        public TimeSpan Interval => interval;

        public async Task BeginAsync(CancellationToken cancellation)
        {
            _last = [.. MetricsText.Parse(await node.MetricsAsync(cancellation))];
            _lastTimestamp = Stopwatch.GetTimestamp();
        }

        public async Task<TopReading> NextAsync(CancellationToken cancellation)
        {
            var (before, since) = (_last, _lastTimestamp);
            await BeginAsync(cancellation);
            var change = new MetricsChange(before, _last, Stopwatch.GetElapsedTime(since, _lastTimestamp));
            return TopReading.Of(change, TimeProvider.System.GetUtcNow());
        }
    }
}
