using System.Reflection;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>Where configurations come from: text, resources of an assembly, the engine's own defaults.</summary>
public class ConfigurationFactory
{
    private static readonly Lazy<Config> Reference =
        new(() => FromResource("Akka.Configuration.reference.conf", typeof(ConfigurationFactory).Assembly));

    /// <summary>A configuration without any setting.</summary>
    public static Config Empty => ParseString("");

    /// <summary>Reads HOCON. It must not contain an include, for nobody is there to resolve it.</summary>
    /// <exception cref="ConfigurationException">The text is not HOCON; the message names line and column.</exception>
    /// <exception cref="FormatException">A substitution names a setting that does not exist.</exception>
    public static Config ParseString(string hocon) => ParseString(hocon, null);

    /// <summary>Reads HOCON, with a callback that is given what an include names and returns what is there.</summary>
    /// <inheritdoc cref="ParseString(string)"/>
    public static Config ParseString(string hocon, Func<string, HoconRoot>? includeCallback) =>
        new(Parser.Parse(hocon, includeCallback));

    /// <summary>The engine's own settings, each with its default.</summary>
    public static Config Default() => Reference.Value;

    /// <summary>Reads a resource of the assembly in which <typeparamref name="TAssembly"/> is.</summary>
    /// <exception cref="ConfigurationException">There is no such resource, or it is not HOCON.</exception>
    public static Config FromResource<TAssembly>(string resourceName) =>
        FromResource(resourceName, typeof(TAssembly).Assembly);

    /// <summary>Reads a resource of an assembly, given itself, one of its types, or an instance of one.</summary>
    /// <inheritdoc cref="FromResource{TAssembly}"/>
    public static Config FromResource(string resourceName, object instanceInAssembly) =>
        FromResource(resourceName, instanceInAssembly switch
        {
            Assembly assembly => assembly,
            Type type => type.Assembly,
            _ => instanceInAssembly.GetType().Assembly,
        });

    /// <inheritdoc cref="FromResource{TAssembly}"/>
    public static Config FromResource(string resourceName, Assembly assembly)
    {
        using var stream = assembly.GetManifestResourceStream(resourceName)
            ?? throw new ConfigurationException($"{assembly.GetName().Name} has no resource [{resourceName}]");
        using var reader = new StreamReader(stream);
        return ParseString(reader.ReadToEnd());
    }
}
