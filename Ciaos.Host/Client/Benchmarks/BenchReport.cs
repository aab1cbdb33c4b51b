using System.Globalization;
using System.Text.Json;

namespace Ciaos.Host.Client.Benchmarks;

/// <summary>What a run has measured.</summary>
/// <param name="Elapsed">From the first measured operation to the end of the last.</param>
/// <param name="Errors">What the node, or the connection, said, and how often.</param>
/// <param name="IsCut">As much was written as may be, before the time was over.</param>
internal sealed record BenchReport(
    BenchPlan Plan,
    TimeSpan Elapsed,
    LatencyHistogram Puts,
    LatencyHistogram Gets,
    IReadOnlyDictionary<string, long> Errors,
    bool IsCut)
{
    public long ErrorCount => Errors.Values.Sum();

    public double PerSecond(LatencyHistogram kind) => kind.Count / Elapsed.TotalSeconds;

    public double BytesPerSecond(LatencyHistogram kind) => PerSecond(kind) * Plan.SizeBytes;

    public IEnumerable<string> Lines()
    {
        yield return $"{ByteSize.Format(Plan.SizeBytes)} objects, {Plan.Connections} connections, "
            + $"{Duration.Format(Elapsed.TotalSeconds)}{(IsCut ? ", ended early: --max-bytes were written" : "")}";
        yield return Row("", "OPERATIONS", "PER SECOND", "PER SECOND", "P50", "P99", "P99.9", "MAX");
        foreach (var (name, kind) in Kinds())
            yield return Row(
                name,
                kind.Count.ToString("#,0", CultureInfo.InvariantCulture),
                PerSecond(kind).ToString("#,0", CultureInfo.InvariantCulture),
                ByteSize.Format(BytesPerSecond(kind)),
                Duration.Format(kind.Quantile(0.5)),
                Duration.Format(kind.Quantile(0.99)),
                Duration.Format(kind.Quantile(0.999)),
                Duration.Format(kind.MaxSeconds));
        yield return $"{ErrorCount} errors";
        foreach (var (text, count) in Errors) yield return $"  {count} times: {text}";
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("size", Plan.SizeBytes);
        json.WriteNumber("connections", Plan.Connections);
        json.WriteNumber("read_percent", Plan.Mix.ReadPercent);
        json.WriteNumber("seconds", Elapsed.TotalSeconds);
        json.WriteBoolean("ended_early", IsCut);
        foreach (var (name, kind) in Kinds())
        {
            json.WriteStartObject(name);
            json.WriteNumber("operations", kind.Count);
            json.WriteNumber("per_second", PerSecond(kind));
            json.WriteNumber("bytes_per_second", BytesPerSecond(kind));
            Seconds(json, "mean_seconds", kind.MeanSeconds);
            Seconds(json, "p50_seconds", kind.Quantile(0.5));
            Seconds(json, "p99_seconds", kind.Quantile(0.99));
            Seconds(json, "p999_seconds", kind.Quantile(0.999));
            Seconds(json, "max_seconds", kind.MaxSeconds);
            json.WriteEndObject();
        }

        json.WriteNumber("errors", ErrorCount);
        json.WriteStartObject("errors_by_text");
        foreach (var (text, count) in Errors) json.WriteNumber(text, count);
        json.WriteEndObject();
    }

    /// <summary>Those that the mix has.</summary>
    private IEnumerable<(string Name, LatencyHistogram Kind)> Kinds()
    {
        if (Plan.Mix.ReadPercent < 100) yield return ("put", Puts);
        if (Plan.Mix.ReadPercent > 0) yield return ("get", Gets);
    }

    private static void Seconds(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    private static string Row(string name, params string[] cells) =>
        $"{name,-4}" + string.Concat(cells.Select(cell => $"{cell,12}"));
}
