using System.Diagnostics.CodeAnalysis;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>
/// Settings, read from HOCON and immutable from then on. A path is a list of keys with dots between them; a key with
/// a dot in it is quoted. A setting that is missing reads as the default; one of the wrong form throws.
/// </summary>
public class Config
{
    /// <summary>A configuration without any setting.</summary>
    public static readonly Config Empty = ConfigurationFactory.Empty;

    // What was written here, without the fallbacks; Root has both.
    private HoconValue? _own;

    public Config()
    {
    }

    public Config(HoconRoot root)
    {
        _own = root.Value ?? throw new ArgumentNullException(nameof(root), "The root value cannot be null.");
        Root = _own;
        Substitutions = root.Substitutions;
    }

    public Config(Config source, Config? fallback)
    {
        ArgumentNullException.ThrowIfNull(source);
        _own = source._own;
        Root = source.Root;
        Fallback = fallback;
    }

    /// <summary>The configuration in which settings are looked for that are not in this one.</summary>
    public Config? Fallback { get; private set; }

    public virtual bool IsEmpty => Root is null || Root.IsEmpty;

    // What may be null here says so in words only: Akka.NET's Config is not annotated, and what is written against
    // it compiles with either.
#nullable disable annotations

    /// <summary>The settings as a tree, those of the fallbacks included; null where there is none.</summary>
    public HoconValue Root { get; private set; }

    /// <summary>The settings below a path, as a configuration of their own; null where there is nothing.</summary>
    public virtual Config GetConfig(string path) =>
        GetNode(path) is { } value ? new Config(new HoconRoot(value)) : null;

    /// <summary>The value of a setting; null where there is none.</summary>
    public HoconValue GetValue(string path) => GetNode(path);

    /// <summary>The text of a setting; null where it is <c>null</c> or not a text.</summary>
    public virtual string GetString(string path, string @default = null) => Read(path, v => v.GetString(), @default);

#nullable restore annotations

    public IEnumerable<HoconSubstitution> Substitutions { get; set; } = [];

    /// <exception cref="NotSupportedException">It is none of on, off, true, false, yes, no.</exception>
    public virtual bool GetBoolean(string path, bool @default = false) => Read(path, v => v.GetBoolean(), @default);

    /// <summary>A number of bytes: without a unit, or in B, kB, KiB (or K), MB, MiB (or M), and so on to E.</summary>
    public virtual long? GetByteSize(string path) => GetByteSize(path, null);

    /// <inheritdoc cref="GetByteSize(string)"/>
    [return: NotNullIfNotNull(nameof(def))]
    public virtual long? GetByteSize(string path, long? def = null) => Read(path, v => v.GetByteSize(), def)!;

    /// <exception cref="FormatException">It is not an integer, or too large for one.</exception>
    public virtual int GetInt(string path, int @default = 0) => Read(path, v => v.GetInt(), @default);

    /// <inheritdoc cref="GetInt"/>
    public virtual long GetLong(string path, long @default = 0) => Read(path, v => v.GetLong(), @default);

    public virtual float GetFloat(string path, float @default = 0) => Read(path, v => v.GetFloat(), @default);

    public virtual decimal GetDecimal(string path, decimal @default = 0) => Read(path, v => v.GetDecimal(), @default);

    public virtual double GetDouble(string path, double @default = 0) => Read(path, v => v.GetDouble(), @default);

    public virtual IList<bool> GetBooleanList(string path) => Read(path, v => v.GetBooleanList(), []);

    public virtual IList<decimal> GetDecimalList(string path) => Read(path, v => v.GetDecimalList(), []);

    public virtual IList<float> GetFloatList(string path) => Read(path, v => v.GetFloatList(), []);

    public virtual IList<double> GetDoubleList(string path) => Read(path, v => v.GetDoubleList(), []);

    public virtual IList<int> GetIntList(string path) => Read(path, v => v.GetIntList(), []);

    public virtual IList<long> GetLongList(string path) => Read(path, v => v.GetLongList(), []);

    public virtual IList<byte> GetByteList(string path) => Read(path, v => v.GetByteList(), []);

    public virtual IList<string> GetStringList(string path) => Read(path, v => v.GetStringList(), []);

    public virtual IList<string> GetStringList(string path, string[] defaultPaths) =>
        Read(path, v => v.GetStringList(), defaultPaths);

    /// <summary>A duration: 10ms, 5 s, 2 minutes, 1.5h, 3d, infinite; without a unit, milliseconds.</summary>
    /// <exception cref="FormatException">It is negative, not a duration, or infinite and must not be.</exception>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        Read(path, v => v.GetTimeSpan(allowInfinite), @default.GetValueOrDefault());

    /// <summary>True when the setting is there, be it null.</summary>
    public virtual bool HasPath(string path) => GetNode(path) is not null;

    /// <summary>The settings as HOCON, without those of the fallbacks.</summary>
    public override string ToString() => _own?.ToString() ?? "";

    public string ToString(bool includeFallback) => includeFallback ? Root?.ToString() ?? "" : ToString();

    /// <summary>This configuration, and another one for the settings that are not in this one.</summary>
    /// <exception cref="ArgumentException">It is given itself.</exception>
    public virtual Config WithFallback(Config? fallback)
    {
        if (ReferenceEquals(fallback, this))
            throw new ArgumentException("Config can not have itself as fallback", nameof(fallback));
        if (fallback?.Root is null) return this;
        if (IsEmpty) return fallback;
        if (fallback.IsEmpty) return this;

        var merged = Copy(fallback);
        // A single value (the configuration at the path of a setting) has no keys that could be missing.
        if (Root!.GetObject() is { } mine && fallback.Root.GetObject() is { } theirs)
            merged.Root = new HoconValue([HoconObject.Layer(mine, theirs)], adoptedFromFallback: false);
        return merged;
    }

    /// <summary>The settings of the top level.</summary>
    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable() =>
        Root?.GetObject()?.Items ?? Enumerable.Empty<KeyValuePair<string, HoconValue>>();

    public static Config operator +(Config config, string fallback) =>
        config.WithFallback(ConfigurationFactory.ParseString(fallback));

    public static Config operator +(string configHocon, Config fallbackConfig) =>
        ConfigurationFactory.ParseString(configHocon).WithFallback(fallbackConfig);

    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    protected Config Copy(Config? fallback = null) => new()
    {
        _own = _own,
        Root = Root,
        Substitutions = Substitutions,
        Fallback = Fallback is null ? fallback : Fallback.Copy(fallback),
    };

    private HoconValue? GetNode(string path)
    {
        var node = Root ?? throw new InvalidOperationException("Current node should not be null");
        foreach (var key in HoconPath.Split(path))
        {
            if (node.GetChildObject(key) is not { } child) return null;
            node = child;
        }
        return node;
    }

    // The value alone does not know which setting it belongs to, and an error has to say.
    private T Read<T>(string path, Func<HoconValue, T> read, T @default)
    {
        var node = GetNode(path);
        if (node is null) return @default;
        try
        {
            return read(node);
        }
        catch (FormatException e)
        {
            throw new FormatException($"Setting [{path}]: {e.Message}", e);
        }
        catch (OverflowException e)
        {
            throw new OverflowException($"Setting [{path}]: {e.Message}", e);
        }
        catch (NotSupportedException e)
        {
            throw new NotSupportedException($"Setting [{path}]: {e.Message}", e);
        }
    }
}
