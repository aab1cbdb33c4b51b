using System.Collections.Immutable;
using Akka.Actor.Setup;
using Akka.Configuration;
using Ciaos.Actors.Metrics;
using Ciaos.Http.Metrics;
using Microsoft.Extensions.Logging;

namespace Ciaos.Host.Metrics;

/// <summary>All that measures one node and tells of it. Disposed last: what it has not sent yet, it sends
/// then.</summary>
internal sealed class NodeTelemetry : IDisposable
{
    private readonly OtlpExport? _export;

    /// <exception cref="Ciaos.Actors.SettingsException">A setting is not valid.</exception>
    /// <param name="dataPath">Lies on the disk whose size is told.</param>
    public NodeTelemetry(Config config, string dataPath, ILoggerFactory loggers, TimeProvider time, string version)
    {
        var (settings, export) = (MetricsSettings.From(config), OtlpSettings.From(config));
        if (!settings.IsEnabled) return;
        Requests = new Telemetry(settings, time, version);
        var meter = Requests.Collector.Create("Ciaos.Store");
        Setups = [new StoreMetricsSetup(new StoreMetrics(meter, time))];
        DiskSize.Observe(meter, dataPath);
        if (export is not null)
            _export = new OtlpExport(export, loggers.CreateLogger("Ciaos.Telemetry"), time, version);
    }

    /// <summary>Of the front ends; null: nothing is measured.</summary>
    public Telemetry? Requests { get; }

    /// <summary>For the actor system.</summary>
    public ImmutableArray<Setup> Setups { get; } = [];

    public void Dispose()
    {
        _export?.Dispose();
        Requests?.Dispose();
    }
}
