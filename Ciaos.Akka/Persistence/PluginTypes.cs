using Akka.Configuration;

namespace Akka.Persistence;

/// <summary>
/// Finds classes that a configuration names. Names of the official packages ("…, Akka.Persistence") mean the class of
/// that name in this assembly.
/// </summary>
internal static class PluginTypes
{
    public static Type Load(string typeName)
    {
        if (Type.GetType(typeName) is { } found) return found;
        var comma = typeName.IndexOf(',', StringComparison.Ordinal);
        var isAkkas = typeName.AsSpan(comma + 1).TrimStart().StartsWith("Akka", StringComparison.Ordinal);
        var ours = comma > 0 && isAkkas ? typeof(PluginTypes).Assembly.GetType(typeName[..comma].Trim()) : null;
        return ours ?? throw new ConfigurationException(
            $"Class [{typeName}], named in the configuration, is unknown");
    }
}
