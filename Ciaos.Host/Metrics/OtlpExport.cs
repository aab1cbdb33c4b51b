using Ciaos.Actors.Metrics;
using Ciaos.Http.Metrics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Ciaos.Host.Metrics;

/// <summary>Sends metrics and traces to a collector by OTLP. What cannot be sent is lost, and the log says so; requests
/// never wait for it.</summary>
internal sealed class OtlpExport : IDisposable
{
    private const int ShutdownMilliseconds = 3_000;

    private readonly OtlpFailures _failures;
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    /// <param name="version">Of the program.</param>
    public OtlpExport(OtlpSettings settings, ILogger logger, TimeProvider time, string version)
    {
        _failures = new OtlpFailures(logger, time);
        var resource = ResourceBuilder.CreateDefault()
            .AddService(settings.ServiceName, serviceVersion: version, serviceInstanceId: Environment.MachineName);
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(Telemetry.MeterNames)
            .AddOtlpExporter((exporter, reader) =>
            {
                Configure(exporter, settings, "v1/metrics");
                var periodic = reader.PeriodicExportingMetricReaderOptions;
                periodic.ExportIntervalMilliseconds = (int)settings.Interval.TotalMilliseconds;
                periodic.ExportTimeoutMilliseconds = (int)settings.Timeout.TotalMilliseconds;
            })
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Telemetry.TraceSource, StoreTracing.SourceName)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.SamplingRatio)))
            .AddOtlpExporter(exporter => Configure(exporter, settings, "v1/traces"))
            .Build();
    }

    public void Dispose()
    {
        _traces.Shutdown(ShutdownMilliseconds);
        _metrics.Shutdown(ShutdownMilliseconds);
        _traces.Dispose();
        _metrics.Dispose();
        _failures.Dispose();
    }

    // Given by a program, the address is taken as it stands: over HTTP each signal has a path of its own.
    private static void Configure(OtlpExporterOptions options, OtlpSettings settings, string path)
    {
        options.Protocol = settings.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = settings.IsGrpc
            ? settings.Endpoint
            : new Uri($"{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");
        options.Headers = settings.Headers;
        options.TimeoutMilliseconds = (int)settings.Timeout.TotalMilliseconds;
    }
}
