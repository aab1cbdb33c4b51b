using System.Diagnostics;
using System.Net;

namespace Ciaos.Bench.Load;

/// <summary>What a run of load is to be.</summary>
/// <param name="Requests">Gives the next request, for ever.</param>
/// <param name="RatePerSecond">Null: closed loop, each connection sends its next request when it has its answer. Else
/// open loop: requests are due at a steady rate, whether the server keeps up or not, and how long one took counts from
/// when it was due: a server that stalls does not make its own stall look shorter (coordinated omission).</param>
public sealed record LoadPlan(
    Func<LoadRequest> Requests, int Connections, TimeSpan WarmUp, TimeSpan Duration, double? RatePerSecond = null,
    long MaxRequests = long.MaxValue);

/// <summary>What came of it, without the warm-up.</summary>
/// <param name="Bytes">Bodies sent and received.</param>
public sealed record LoadResult(
    LatencyHistogram Latency, long Requests, long Failures, long Bytes, TimeSpan Elapsed, string? FirstFailure)
{
    public double PerSecond => Requests / Elapsed.TotalSeconds;

    public double MebibytesPerSecond => Bytes / Elapsed.TotalSeconds / (1024 * 1024);
}

/// <summary>Sends HTTP/1.1 requests over kept connections from one thread: the calling one.</summary>
public sealed class LoadGenerator(IPEndPoint server)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly LatencyHistogram _latency = new();
    private long _requests;
    private long _failures;
    private long _bytes;
    private TimeSpan? _elapsed;
    private string? _firstFailure;

    /// <param name="warm">Called once, when the warm-up is over.</param>
    /// <param name="over">Called once, when what counts is over.</param>
    public static LoadResult Run(IPEndPoint server, LoadPlan plan, Action? warm = null, Action? over = null) =>
        new LoadGenerator(server).Run(plan, warm, over);

    private LoadResult Run(LoadPlan plan, Action? warm, Action? over)
    {
        using var epoll = new Epoll();
        var connections = new LoadConnection[plan.Connections];
        try
        {
            for (var i = 0; i < connections.Length; i++) connections[i] = new LoadConnection(server, epoll, i);
            return Run(plan, epoll, connections, warm, over);
        }
        finally
        {
            foreach (var connection in connections) connection?.Dispose();
        }
    }

    private LoadResult Run(LoadPlan plan, Epoll epoll, LoadConnection[] connections, Action? warm, Action? over)
    {
        var idle = new Stack<int>(Enumerable.Range(0, connections.Length));
        var tags = new int[connections.Length];
        var schedule = new Schedule(plan.RatePerSecond);
        var (begun, sent) = (Stopwatch.GetTimestamp(), 0L);
        var warmAt = begun + Ticks(plan.WarmUp);
        var endAt = warmAt + Ticks(plan.Duration);
        var measuredFrom = begun;
        var isWarm = false;
        while (true)
        {
            Interruption.Check();
            var now = Stopwatch.GetTimestamp();
            if (!isWarm && now >= warmAt)
            {
                isWarm = true;
                Forget();
                warm?.Invoke();
                measuredFrom = now = Stopwatch.GetTimestamp();
                endAt = now + Ticks(plan.Duration);
            }

            var isOver = now >= endAt || sent >= plan.MaxRequests;
            if (isOver && CountsWindow(plan)) End(measuredFrom, over);
            if (isOver && idle.Count == connections.Length) break;
            if (now > endAt + Ticks(Patience)) throw new TimeoutException("The server did not answer any more");
            while (!isOver && idle.Count > 0 && sent < plan.MaxRequests && schedule.IsDue(now, out var dueAt))
            {
                connections[idle.Pop()].Begin(plan.Requests(), dueAt);
                sent++;
            }

            var wait = idle.Count == 0 || isOver ? LongestWait : schedule.UntilNext(now, LongestWait);
            var count = epoll.Wait(wait, tags);
            for (var i = 0; i < count; i++)
            {
                if (!connections[tags[i]].Continue()) continue;
                Note(connections[tags[i]]);
                idle.Push(tags[i]);
            }
        }

        End(measuredFrom, over);
        return new LoadResult(_latency, _requests, _failures, _bytes, _elapsed!.Value, _firstFailure);
    }

    // With a warm-up, requests are under way when the counting begins, and as many when it ends: what ends in between
    // counts. Without, and where requests are due at a rate, all of them count, with the time that the last ones take.
    private static bool CountsWindow(LoadPlan plan) => plan.WarmUp > TimeSpan.Zero && plan.RatePerSecond is null;

    private void End(long measuredFrom, Action? over)
    {
        if (_elapsed is not null) return;
        _elapsed = Stopwatch.GetElapsedTime(measuredFrom);
        over?.Invoke();
    }

    private void Note(LoadConnection done)
    {
        _latency.Add(Stopwatch.GetElapsedTime(done.DueAt));
        if (_elapsed is null)
        {
            _requests++;
            _bytes += done.BodyBytes + done.RequestBytes;
        }

        if (done.Status is >= 200 and < 300) return;
        _failures++;
        _firstFailure ??= $"status {done.Status}";
    }

    private void Forget()
    {
        _latency.Clear();
        (_requests, _failures, _bytes, _firstFailure) = (0, 0, 0, null);
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private sealed class Schedule(double? ratePerSecond)
    {
        private readonly long _began = Stopwatch.GetTimestamp();
        private long _issued;

        public bool IsDue(long now, out long dueAt)
        {
            dueAt = now;
            if (ratePerSecond is null) return true;
            dueAt = DueAt(_issued);
            if (dueAt > now) return false;
            _issued++;
            return true;
        }

        public TimeSpan UntilNext(long now, TimeSpan atMost)
        {
            if (ratePerSecond is null) return atMost;
            var left = Stopwatch.GetElapsedTime(now, DueAt(_issued));
            return left < TimeSpan.Zero ? TimeSpan.Zero : left < atMost ? left : atMost;
        }

        private long DueAt(long number) => _began + (long)(number / ratePerSecond!.Value * Stopwatch.Frequency);
    }
}
