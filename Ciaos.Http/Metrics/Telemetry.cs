using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http.Metrics;

/// <summary>What measures one node and tells of it. The front ends share it.</summary>
public sealed class Telemetry : IDisposable
{
    /// <summary>The source of the spans of requests.</summary>
    public const string TraceSource = RequestTracing.SourceName;

    /// <summary>The meters that are told: of the node, of the server, of .NET.</summary>
    public static readonly string[] MeterNames =
        ["Ciaos.*", "Microsoft.AspNetCore.Server.Kestrel", MetricNames.RuntimeMeter];

    private readonly ProcessMetrics _process;

    /// <param name="version">Of the program, such as <c>0.1.0+abcdef</c>.</param>
    public Telemetry(MetricsSettings settings, TimeProvider time, string version)
    {
        (Settings, Time) = (settings, time);
        Requests = new RequestMetrics(Collector.Create("Ciaos.Http"));
        _process = new ProcessMetrics(Collector.Create("Ciaos.Process"), version);
    }

    public MetricsSettings Settings { get; }

    /// <summary>Gives the node's parts their meters.</summary>
    public MetricsCollector Collector { get; } = new();

    internal RequestMetrics Requests { get; }

    public TimeProvider Time { get; }

    public void Dispose()
    {
        Collector.Dispose();
        _process.Dispose();
    }

    /// <summary>Measures every request that a front end answers.</summary>
    internal RequestDelegate Observe(FrontEnd frontEnd, RequestDelegate handler, ILogger logger) =>
        new RequestObserver(this, frontEnd, logger).Around(handler);
}
