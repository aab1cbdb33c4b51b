using System.Collections.ObjectModel;
using System.Diagnostics.Tracing;
using Microsoft.Extensions.Logging;

namespace Ciaos.Host.Metrics;

/// <summary>Passes on to the log what the exporter complains of, which it tells event sources alone: at most once a
/// minute, since a collector that is away is met at every try.</summary>
internal sealed class OtlpFailures(ILogger logger, TimeProvider time) : EventListener
{
    private const string SourcePrefix = "OpenTelemetry-Exporter-OpenTelemetryProtocol";

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long _toldAt;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name.StartsWith(SourcePrefix, StringComparison.Ordinal))
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var (now, before) = (time.GetTimestamp(), Volatile.Read(ref _toldAt));
        if (before != 0 && time.GetElapsedTime(before, now) < Pause) return;
        if (Interlocked.CompareExchange(ref _toldAt, now, before) != before) return;
        logger.LogWarning("Telemetry could not be exported: {Detail}", TextOf(eventData));
    }

    private static string TextOf(EventWrittenEventArgs eventData)
    {
        var payload = eventData.Payload ?? new ReadOnlyCollection<object?>([]);
        var text = eventData.Message is { } message
            ? string.Format(System.Globalization.CultureInfo.InvariantCulture, message, [.. payload])
            : eventData.EventName ?? "";
        var line = text.IndexOf('\n');
        return line < 0 ? text : text[..line].TrimEnd();
    }
}
