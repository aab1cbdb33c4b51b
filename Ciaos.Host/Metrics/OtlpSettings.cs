using Akka.Configuration;
using Ciaos.Actors;

namespace Ciaos.Host.Metrics;

/// <summary>Section <c>ciaos.telemetry.otlp</c> of hocon/reference.conf.</summary>
/// <param name="Endpoint">Of the collector, without the paths of signals.</param>
/// <param name="Headers">As OpenTelemetry writes them: <c>name=value,name=value</c>; may be empty.</param>
/// <param name="SamplingRatio">What part of the traces is told that no client has begun: 0 to 1.</param>
internal sealed record OtlpSettings(
    Uri Endpoint, bool IsGrpc, string Headers, TimeSpan Interval, TimeSpan Timeout, double SamplingRatio,
    string ServiceName)
{
    /// <summary>Null: nothing is exported.</summary>
    /// <exception cref="SettingsException">A value is missing, malformed or out of range.</exception>
    public static OtlpSettings? From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.telemetry.otlp");
        var isGrpc = section.OneOf("protocol", "http/protobuf", "grpc") == "grpc";
        var interval = section.Duration("interval", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        var timeout = section.Duration("timeout", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        var name = section.Text("service-name");
        var headers = section.OptionalText("headers");
        var ratio = RatioOf(section, section.Text("sampling-ratio"));
        var endpoint = section.OptionalText("endpoint");
        if (endpoint.Length == 0) return null;
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw section.Refuse("endpoint", endpoint, "an address such as http://127.0.0.1:4318, or nothing");
        if (headers.Split(',', StringSplitOptions.RemoveEmptyEntries).Any(header => header.IndexOf('=') <= 0))
            throw section.Refuse("headers", headers, "name=value, several separated by commas");
        return new OtlpSettings(uri, isGrpc, headers, interval, timeout, ratio, name);
    }

    private static double RatioOf(SettingsSection section, string text) =>
        double.TryParse(
            text, System.Globalization.NumberStyles.AllowDecimalPoint,
            System.Globalization.CultureInfo.InvariantCulture, out var ratio) && ratio <= 1
            ? ratio
            : throw section.Refuse("sampling-ratio", text, "a number from 0 to 1");
}
