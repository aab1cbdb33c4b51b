using System.Collections.Frozen;
using System.Diagnostics.Metrics;

namespace Ciaos.Http.Metrics;

/// <summary>What a metric's numbers mean.</summary>
internal enum MetricKind
{
    /// <summary>Only grows, and begins at 0 when the process does.</summary>
    Counter,

    /// <summary>As it is now.</summary>
    Gauge,

    /// <summary>How many measurements were at most as large as each of some bounds, their number and their
    /// sum.</summary>
    Histogram,
}

internal static class MetricKinds
{
    // .NET tells these as counters, though they go up and down.
    private static readonly FrozenSet<string> FalseCounters =
        FrozenSet.ToFrozenSet(
            ["dotnet.thread_pool.thread.count", "dotnet.thread_pool.queue.length"], StringComparer.Ordinal);

    public static MetricKind Of(Instrument instrument)
    {
        if (FalseCounters.Contains(instrument.Name)) return MetricKind.Gauge;
        var type = instrument.GetType();
        var shape = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return shape == typeof(Counter<>) || shape == typeof(ObservableCounter<>) ? MetricKind.Counter
            : shape == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
    }

    /// <summary>Its measurements are what has changed; others tell the value itself.</summary>
    public static bool AddsUp(Instrument instrument)
    {
        var shape = instrument.GetType().GetGenericTypeDefinition();
        return shape == typeof(Counter<>) || shape == typeof(UpDownCounter<>);
    }
}
