namespace Akka.Configuration.Hocon;

/// <summary>Another setting's value: <c>${path}</c>, or <c>${?path}</c> if that may be missing.</summary>
public class HoconSubstitution : IHoconElement, IMightBeAHoconObject
{
    protected HoconSubstitution()
    {
        Path = Written = "";
    }

    public HoconSubstitution(string path)
    {
        Path = Written = path;
    }

    public string Path { get; set; }

    public HoconValue? ResolvedValue { get; set; }

    internal bool IsOptional { get; init; }

    // The path as it stands in its file: an include moves Path to below the key that includes, but a file may
    // name what is outside it, or a variable of the environment.
    internal string Written { get; init; }

    internal bool IsResolved { get; set; }

    /// <summary>As it is written in a text: for messages.</summary>
    internal string Text => IsOptional ? $"${{?{Path}}}" : $"${{{Path}}}";

    public bool IsString() => ResolvedValue is { } value && value.IsString();

    public string? GetString() => ResolvedValue?.GetString();

    public bool IsArray() => ResolvedValue is { } value && value.IsArray();

    public IList<HoconValue> GetArray() => ResolvedValue?.GetArray() ?? [];

    public bool IsObject() => ResolvedValue is { } value && value.IsObject();

    public HoconObject? GetObject() => ResolvedValue?.GetObject();
}
