using System.Diagnostics.Metrics;
using Ciaos.Actors.Volumes;

namespace Ciaos.Actors.Metrics;

/// <summary>Which volumes there are, and what is in them. Told by their keeper and their writers.</summary>
internal sealed class VolumeGauges
{
    private VolumesState _state = VolumesState.Empty;
    private long _activeBytes;
    private long _free;
    private bool _isWritable;

    public void Set(VolumesState state) => Volatile.Write(ref _state, state);

    /// <summary>What the volumes have that are being written to: so much more, or less.</summary>
    public void AddActive(long bytes) => Interlocked.Add(ref _activeBytes, bytes);

    /// <param name="isWritable">Data is taken.</param>
    public void SetDisk(long freeBytes, bool isWritable)
    {
        Volatile.Write(ref _free, freeBytes);
        Volatile.Write(ref _isWritable, isWritable);
    }

    public void Observe(Meter meter, UsageGauges usage)
    {
        meter.CreateObservableUpDownCounter("ciaos.volumes", Volumes, "{volume}", "Volumes by state");
        meter.CreateObservableUpDownCounter(
            "ciaos.volume", () => Bytes(usage), "By",
            "Bytes of volumes: live is what keys and their versions hold, dead what they held once, other the rest; "
            + "total is all three");
        meter.CreateObservableGauge(
            "ciaos.disk.free", () => Volatile.Read(ref _free), "By", "What the node may still write on its disk");
        meter.CreateObservableGauge(
            "ciaos.writable", () => Volatile.Read(ref _isWritable) ? 1 : 0, null, "1 while data is taken, else 0");
    }

    private IEnumerable<Measurement<long>> Volumes()
    {
        var state = Volatile.Read(ref _state);
        yield return Of(state.Active.Count, "state", "active");
        yield return Of(state.Sealed.Count, "state", "sealed");
        yield return Of(state.Quarantined.Count, "state", "quarantined");
    }

    // Volumes and catalog are not looked at in the same moment: what they differ by must not show as less than none.
    private IEnumerable<Measurement<long>> Bytes(UsageGauges usage)
    {
        if (!usage.IsKnown) yield break;
        var total = Volatile.Read(ref _state).Sealed.Values.Sum() + Volatile.Read(ref _activeBytes);
        yield return Of(usage.LiveBytes, "kind", "live");
        yield return Of(usage.DeadBytes, "kind", "dead");
        yield return Of(Math.Max(0, total - usage.LiveBytes - usage.DeadBytes), "kind", "other");
        yield return Of(total, "kind", "total");
    }

    private static Measurement<long> Of(long value, string label, string text) =>
        new(value, new KeyValuePair<string, object?>(label, text));
}
