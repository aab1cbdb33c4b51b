using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ciaos.Http.Metrics;

/// <summary>
/// Gathers what the instruments of one node measure, for <c>GET /metrics</c>. The node's meters are made here and carry
/// it as their scope, so that several nodes of a process do not meet; of the meters that a process has but once it
/// takes those of .NET. Measuring takes no lock and allocates nothing once a combination of labels is known.
/// </summary>
public sealed class MetricsCollector : IMeterFactory
{
    private readonly ConcurrentDictionary<string, Meter> _meters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();

    public MetricsCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Wants(instrument)) listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
        };
        _listener.SetMeasurementEventCallback<long>(
            static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(
            static (_, value, tags, family) => ((MetricFamily)family!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<double>(
            static (_, value, tags, family) => ((MetricFamily)family!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>A meter of this node; the same one for the same name.</summary>
    public Meter Create(string name) => Create(new MeterOptions(name));

    /// <summary>A meter of this node; the same one for the same name.</summary>
    public Meter Create(MeterOptions options) => _meters.GetOrAdd(
        options.Name, name => new Meter(new MeterOptions(name) { Version = options.Version, Scope = this }));

    /// <summary>All that has been measured up to now, and what can be measured now.</summary>
    public string Write(MetricsFormat format)
    {
        // One at a time: what is observed for one page must not be taken for another's.
        lock (_gate)
        {
            foreach (var family in _families.Values) family.BeginObservation();
            _listener.RecordObservableInstruments();
            var writer = new MetricsWriter(format);
            foreach (var family in _families.Values) family.WriteTo(writer);
            return writer.End();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var meter in _meters.Values) meter.Dispose();
    }

    private bool Wants(Instrument instrument) =>
        instrument.Meter.Name == MetricNames.RuntimeMeter
        || (instrument.Meter.Scope == this && MetricNames.IsWanted(instrument));

    // Instruments are published by whoever makes them, at any time.
    private MetricFamily FamilyOf(Instrument instrument)
    {
        lock (_gate)
        {
            var name = MetricNames.Of(instrument);
            if (!_families.TryGetValue(name, out var family))
                _families.Add(name, family = new MetricFamily(name, instrument));
            return family;
        }
    }
}
