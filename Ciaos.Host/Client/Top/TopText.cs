using System.Globalization;
using System.Text.Json;

namespace Ciaos.Host.Client.Top;

/// <summary>The numbers of <see cref="TopReading"/> as people, and programs, read them.</summary>
internal static class TopText
{
    public static readonly string[] Head = ["OPERATION", "PER SECOND", "P50", "P99", "FAILED/S"];

    /// <summary>The busiest first, and the sum last.</summary>
    public static IEnumerable<string[]> Rows(TopReading reading) => reading.Operations
        .Where(operation => operation.PerSecond > 0)
        .OrderByDescending(operation => operation.PerSecond)
        .ThenBy(operation => operation.Name, StringComparer.Ordinal)
        .Append(reading.All)
        .Select(operation => new[]
        {
            operation.Name, Number(operation.PerSecond), Duration.Format(operation.P50), Duration.Format(operation.P99),
            Number(operation.ErrorsPerSecond),
        });

    /// <summary>All else, name by name.</summary>
    public static IEnumerable<(string Name, string Value)> Facts(TopReading reading)
    {
        yield return ("traffic",
            $"{Bytes(reading.ReceivedBytesPerSecond)}/s in, {Bytes(reading.SentBytesPerSecond)}/s out, "
            + $"{Number(reading.InFlight)} requests in flight");
        yield return ("volumes", reading.Volumes.Count == 0
            ? "-"
            : string.Join(", ", reading.Volumes.Select(state => $"{Number(state.Value)} {state.Key}")));
        yield return ("bytes in them", reading.VolumeBytes.Count == 0
            ? "-"
            : string.Join(", ", reading.VolumeBytes.Select(kind => $"{Bytes(kind.Value)} {kind.Key}")));
        yield return ("disk", $"{Bytes(reading.DiskFreeBytes)} free of {Bytes(reading.DiskSizeBytes)}");
        yield return ("commits",
            $"{Number(reading.CommitsPerSecond)}/s of {Number(reading.AppendsPerCommit)} appends, p50 "
            + $"{Duration.Format(reading.CommitP50)}, p99 {Duration.Format(reading.CommitP99)}");
        yield return ("journal",
            $"{Number(reading.JournalEventsPerSecond)} events/s, {Number(reading.EventsPerJournalCommit)} a commit, "
            + $"the catalog is {Number(reading.JournalLagEvents)} behind");
        yield return ("catalog cache", $"{Percent(reading.CacheHitShare)} hits");
        yield return ("errors", $"{Number(reading.ErrorsPerSecond)}/s");
        yield return ("process", $"{Percent(reading.CpuShare)} of a processor, {Bytes(reading.MemoryBytes)} of memory");
    }

    public static IEnumerable<string> Lines(TopReading reading, Uri address)
    {
        yield return Title(reading, address);
        List<string[]> rows = [Head, .. Rows(reading)];
        var widths = Head.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            yield return string.Join("  ", row.Select((cell, column) =>
                column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])));
        foreach (var (name, value) in Facts(reading)) yield return $"{name + ":",-15}{value}";
    }

    public static string Title(TopReading reading, Uri address) => string.Create(
        CultureInfo.InvariantCulture,
        $"ciaos {reading.Version} at {address.GetLeftPart(UriPartial.Authority)}, "
        + $"{reading.At.UtcDateTime:HH:mm:ss} UTC");

    public static void Write(Utf8JsonWriter json, TopReading reading)
    {
        json.WriteString("at", reading.At.UtcDateTime);
        json.WriteString("version", reading.Version);
        Optional("requests_per_second", reading.All.PerSecond);
        Optional("failed_per_second", reading.All.ErrorsPerSecond);
        Optional("p50_seconds", reading.All.P50);
        Optional("p99_seconds", reading.All.P99);
        Optional("in_flight", reading.InFlight);
        Optional("received_bytes_per_second", reading.ReceivedBytesPerSecond);
        Optional("sent_bytes_per_second", reading.SentBytesPerSecond);
        Optional("disk_free_bytes", reading.DiskFreeBytes);
        Optional("disk_size_bytes", reading.DiskSizeBytes);
        Optional("commits_per_second", reading.CommitsPerSecond);
        Optional("appends_per_commit", reading.AppendsPerCommit);
        Optional("commit_p50_seconds", reading.CommitP50);
        Optional("commit_p99_seconds", reading.CommitP99);
        Optional("journal_events_per_second", reading.JournalEventsPerSecond);
        Optional("events_per_journal_commit", reading.EventsPerJournalCommit);
        Optional("journal_lag_events", reading.JournalLagEvents);
        Optional("cache_hit_share", reading.CacheHitShare);
        Optional("errors_per_second", reading.ErrorsPerSecond);
        Optional("cpu_share", reading.CpuShare);
        Optional("memory_bytes", reading.MemoryBytes);
        Map("volumes", reading.Volumes);
        Map("volume_bytes", reading.VolumeBytes);
        json.WriteStartArray("operations");
        foreach (var operation in reading.Operations)
        {
            json.WriteStartObject();
            json.WriteString("operation", operation.Name);
            Optional("per_second", operation.PerSecond);
            Optional("p50_seconds", operation.P50);
            Optional("p99_seconds", operation.P99);
            Optional("failed_per_second", operation.ErrorsPerSecond);
            json.WriteEndObject();
        }

        json.WriteEndArray();

        void Optional(string name, double? value)
        {
            if (value is { } number && double.IsFinite(number)) json.WriteNumber(name, number);
            else json.WriteNull(name);
        }

        void Map(string name, IReadOnlyDictionary<string, double> values)
        {
            json.WriteStartObject(name);
            foreach (var (key, value) in values) json.WriteNumber(key, value);
            json.WriteEndObject();
        }
    }

    private static string Bytes(double? bytes) => bytes is { } known ? ByteSize.Format(known) : "-";

    private static string Percent(double? share) => share is { } known && double.IsFinite(known)
        ? (known * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %"
        : "-";

    private static string Number(double? value) => value is { } known && double.IsFinite(known)
        ? known.ToString(known < 99.95 ? "0.#" : "#,0", CultureInfo.InvariantCulture)
        : "-";
}
