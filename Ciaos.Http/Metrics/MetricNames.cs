using System.Collections.Frozen;
using System.Diagnostics.Metrics;

namespace Ciaos.Http.Metrics;

/// <summary>
/// Names as Prometheus wants them, out of those of .NET's instruments, which follow OpenTelemetry: dots become
/// underscores, the unit is spelt out behind the name, and what counts ends with <c>_total</c>.
/// </summary>
internal static class MetricNames
{
    /// <summary>.NET's own meter of the garbage collector, the thread pool and so on. A process has one.</summary>
    public const string RuntimeMeter = "System.Runtime";

    private const string OwnMeters = "Ciaos.";

    /// <summary>Kestrel's instruments that say something here. The others, such as of HTTP/2 upgrades, are left
    /// out.</summary>
    private static readonly FrozenSet<string> Kestrel = FrozenSet.ToFrozenSet(
        [
            "kestrel.active_connections", "kestrel.connection.duration", "kestrel.rejected_connections",
            "kestrel.queued_connections", "kestrel.active_tls_handshakes", "kestrel.tls_handshake.duration",
        ],
        StringComparer.Ordinal);

    /// <summary>Those whose name, by the rules, would end with what Prometheus keeps for histograms.</summary>
    private static readonly FrozenDictionary<string, string> Renamed = FrozenDictionary.ToFrozenDictionary(
        [
            KeyValuePair.Create("dotnet.process.cpu.count", "dotnet_process_cpus"),
            KeyValuePair.Create("dotnet.thread_pool.thread.count", "dotnet_thread_pool_threads"),
            KeyValuePair.Create("dotnet.thread_pool.work_item.count", "dotnet_thread_pool_work_items"),
            KeyValuePair.Create("dotnet.timer.count", "dotnet_timers"),
            KeyValuePair.Create("dotnet.assembly.count", "dotnet_assemblies"),
        ],
        StringComparer.Ordinal);

    /// <summary>Of a node's meters. Those of ASP.NET other than Kestrel's say what ours say, with other
    /// labels.</summary>
    public static bool IsWanted(Instrument instrument) =>
        instrument.Meter.Name.StartsWith(OwnMeters, StringComparison.Ordinal) || Kestrel.Contains(instrument.Name);

    /// <summary>Without <c>_total</c>.</summary>
    public static string Of(Instrument instrument)
    {
        if (Renamed.TryGetValue(instrument.Name, out var renamed)) return renamed;
        var name = LabelOf(instrument.Name);
        var unit = UnitOf(instrument.Unit);
        return unit.Length == 0 || name.EndsWith(unit, StringComparison.Ordinal) ? name : name + unit;
    }

    /// <summary>The name of a label out of that of a tag.</summary>
    public static string LabelOf(string tag) => string.Create(tag.Length, tag, static (to, from) =>
    {
        for (var i = 0; i < to.Length; i++) to[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
    });

    // A unit in braces only says what is counted.
    private static string UnitOf(string? unit) => unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => "",
    };
}
