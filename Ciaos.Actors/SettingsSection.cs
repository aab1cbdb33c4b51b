using System.Globalization;
using Akka.Configuration;

namespace Ciaos.Actors;

/// <summary>
/// Reads one section of the configuration and refuses what is missing, malformed or out of range with a
/// <see cref="SettingsException"/> that names the key, the value and what is allowed.
/// </summary>
public sealed class SettingsSection(Config config, string path)
{
    public string Text(string key) => Raw(key);

    /// <summary>A string that may be empty.</summary>
    public string OptionalText(string key) => config.GetString($"{path}.{key}", "") ?? "";

    public string OneOf(string key, params string[] allowed)
    {
        var value = Raw(key);
        return allowed.Contains(value, StringComparer.Ordinal)
            ? value
            : throw Refuse(key, value, string.Join(" | ", allowed));
    }

    public bool Flag(string key) => OneOf(key, "on", "off", "true", "false", "yes", "no") is "on" or "true" or "yes";

    public int Int(string key, int min, int max)
    {
        var value = Raw(key);
        return int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max
            ? number
            : throw Refuse(
                key, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));
    }

    public long Bytes(string key, long min, long max)
    {
        var value = Raw(key);
        var bytes = Try(() => config.GetByteSize($"{path}.{key}"));
        return bytes >= min && bytes <= max
            ? bytes.Value
            : throw Refuse(key, value, $"a size from {Size(min)} to {Size(max)}, such as 4MiB");
    }

    public TimeSpan Duration(string key, TimeSpan min, TimeSpan max)
    {
        var value = Raw(key);
        var duration = Try<TimeSpan?>(() => config.GetTimeSpan($"{path}.{key}", null, allowInfinite: false));
        return duration >= min && duration <= max
            ? duration.Value
            : throw Refuse(key, value, $"a duration from {Seconds(min)} to {Seconds(max)}, such as 500ms or 30s");
    }

    /// <summary>The error for a value that only the caller can judge.</summary>
    public SettingsException Refuse(string key, string value, string allowed) => new($"{path}.{key}", value, allowed);

    private static T? Try<T>(Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (Exception error) when (error is FormatException or OverflowException
            or ConfigurationException or ArgumentException)
        {
            return default;
        }
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s";

    private static string Size(long bytes) => bytes switch
    {
        long.MaxValue => "any",
        >= 1 << 20 when bytes % (1 << 20) == 0 => (bytes >> 20).ToString(CultureInfo.InvariantCulture) + "MiB",
        >= 1 << 10 when bytes % (1 << 10) == 0 => (bytes >> 10).ToString(CultureInfo.InvariantCulture) + "KiB",
        _ => bytes.ToString(CultureInfo.InvariantCulture) + "B",
    };

    private string Raw(string key)
    {
        var full = $"{path}.{key}";
        var value = config.HasPath(full) ? config.GetString(full, null) : null;
        return string.IsNullOrEmpty(value)
            ? throw new SettingsException(full, "", "a value; hocon/reference.conf tells which")
            : value;
    }
}

/// <summary>A setting that the node cannot start with.</summary>
public sealed class SettingsException(string key, string value, string allowed)
    : Exception($"Setting {key} = \"{value}\" is not valid: allowed is {allowed}")
{
    public string Key { get; } = key;

    public string Value { get; } = value;

    public string Allowed { get; } = allowed;
}
