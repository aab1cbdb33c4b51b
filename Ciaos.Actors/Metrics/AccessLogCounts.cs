using System.Diagnostics.Metrics;

namespace Ciaos.Actors.Metrics;

/// <summary>What became of the lines of access logs.</summary>
internal sealed class AccessLogCounts
{
    private long _written;
    private long _lost;

    public void Add(int written, int lost)
    {
        Interlocked.Add(ref _written, written);
        Interlocked.Add(ref _lost, lost);
    }

    public void Observe(Meter meter) => meter.CreateObservableCounter(
        "ciaos.s3.access_log.lines", Lines, "{line}", "Lines of the access logs of S3 buckets");

    private IEnumerable<Measurement<long>> Lines() =>
    [
        new(Volatile.Read(ref _written), new KeyValuePair<string, object?>("result", "written")),
        new(Volatile.Read(ref _lost), new KeyValuePair<string, object?>("result", "lost")),
    ];
}
