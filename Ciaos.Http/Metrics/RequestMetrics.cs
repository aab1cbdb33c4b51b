using System.Diagnostics.Metrics;
using System.Globalization;

namespace Ciaos.Http.Metrics;

/// <summary>Which of the node's ports a request came to.</summary>
internal enum FrontEnd
{
    Native,
    S3,
}

/// <summary>What is measured of requests. docs/metrics.md tells what each metric means.</summary>
internal sealed class RequestMetrics
{
    private const string OperationTag = "operation";

    private static readonly InstrumentAdvice<double> Durations = new()
    {
        HistogramBucketBoundaries =
        [
            0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
        ],
    };

    private static readonly InstrumentAdvice<long> Sizes = new()
    {
        HistogramBucketBoundaries =
        [
            0, 1L << 10, 1L << 12, 1L << 14, 1L << 16, 1L << 18, 1L << 20, 1L << 22, 1L << 24, 1L << 26, 1L << 28,
            1L << 30, 1L << 32,
        ],
    };

    // Made once: a request allocates nothing for its labels.
    private static readonly string[] Statuses =
        [.. Enumerable.Range(0, 600).Select(status => status.ToString(CultureInfo.InvariantCulture))];

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _durations;
    private readonly Histogram<long> _requestBytes;
    private readonly Histogram<long> _responseBytes;
    private readonly RequestErrors _errors = new();
    private readonly Counter<long> _slow;
    private readonly long[] _inFlight = new long[2];

    public RequestMetrics(Meter meter)
    {
        _requests = meter.CreateCounter<long>(
            "ciaos.http.requests", "{request}", "Requests answered, by operation and status of the answer");
        _durations = meter.CreateHistogram(
            "ciaos.http.request.duration", "s", "Time from a request's headers to the end of its answer",
            advice: Durations);
        _requestBytes = meter.CreateHistogram(
            "ciaos.http.request", "By", "Bodies of requests", advice: Sizes);
        _responseBytes = meter.CreateHistogram(
            "ciaos.http.response", "By", "Bodies of answers", advice: Sizes);
        _errors.Observe(meter);
        _slow = meter.CreateCounter<long>(
            "ciaos.http.slow_requests", "{request}", "Requests that took longer than ciaos.http.slow-request");
        meter.CreateObservableUpDownCounter(
            "ciaos.http.requests_in_flight", InFlight, "{request}", "Requests that are being answered");
    }

    public void Begin(FrontEnd frontEnd) => Interlocked.Increment(ref _inFlight[(int)frontEnd]);

    public void End(FrontEnd frontEnd, RequestWatch watch, int status, TimeSpan duration)
    {
        Interlocked.Decrement(ref _inFlight[(int)frontEnd]);
        var operation = Tag(OperationTag, watch.Operation);
        _requests.Add(1, operation, Tag("status", Statuses[Math.Clamp(status, 0, Statuses.Length - 1)]));
        _durations.Record(duration.TotalSeconds, operation);
        _requestBytes.Record(watch.RequestBytes, operation);
        _responseBytes.Record(watch.ResponseBytes, operation);
    }

    public void Error(RequestError error) => _errors.Add(error);

    public void Slow(RequestWatch watch) => _slow.Add(1, Tag(OperationTag, watch.Operation));

    private IEnumerable<Measurement<long>> InFlight() =>
    [
        new(Volatile.Read(ref _inFlight[0]), Tag("api", "native")),
        new(Volatile.Read(ref _inFlight[1]), Tag("api", "s3")),
    ];

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
