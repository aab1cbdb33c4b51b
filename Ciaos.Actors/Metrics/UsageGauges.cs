using System.Diagnostics.Metrics;

namespace Ciaos.Actors.Metrics;

/// <summary>What the catalog knows of all buckets together, as it was looked at last.</summary>
internal sealed class UsageGauges
{
    private sealed record Usage(long Objects, long LiveBytes, long DeadBytes);

    private Usage? _usage;

    /// <summary>The catalog has been looked at.</summary>
    public bool IsKnown => Volatile.Read(ref _usage) is not null;

    public long LiveBytes => Volatile.Read(ref _usage)?.LiveBytes ?? 0;

    public long DeadBytes => Volatile.Read(ref _usage)?.DeadBytes ?? 0;

    public void Set(long objects, long liveBytes, long deadBytes) =>
        Volatile.Write(ref _usage, new Usage(objects, liveBytes, deadBytes));

    public void Observe(Meter meter) => meter.CreateObservableUpDownCounter(
        "ciaos.objects",
        Objects,
        "{object}", "Objects and their older versions");

    private IEnumerable<Measurement<long>> Objects() =>
        Volatile.Read(ref _usage) is { } usage ? [new Measurement<long>(usage.Objects)] : [];
}
