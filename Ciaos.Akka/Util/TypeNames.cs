using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Akka.Util;

/// <summary>
/// Types by the names that configurations give them. A configuration names the assemblies of Akka.NET ("Akka",
/// "Akka.Persistence", ...), all of which are this one; so the same configuration works with either.
/// </summary>
internal static partial class TypeNames
{
    private const string TestKit = "Ciaos.Akka.TestKit";

    private static readonly ConcurrentDictionary<Type, string> Names = new();

    /// <summary>
    /// Null when there is no such type. The name is given by whoever runs the node, never taken from data.
    /// </summary>
    public static Type? Resolve(string? name)
    {
        try
        {
            if (string.IsNullOrEmpty(name)) return null;
            return Type.GetType(name, LoadAssembly, typeResolver: null, throwOnError: false)
                ?? typeof(TypeNames).Assembly.GetType(name, throwOnError: false);
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Namespace, name and assembly, without versions: what <see cref="Resolve"/> takes.</summary>
    public static string QualifiedName(Type type) => Names.GetOrAdd(type, static t =>
        Details().Replace(t.AssemblyQualifiedName ?? t.Name, "").Replace(CoreLibrary, "", StringComparison.Ordinal));

    private static string CoreLibrary { get; } = $", {typeof(object).Assembly.GetName().Name}";

    private static Assembly? LoadAssembly(AssemblyName name)
    {
        switch (name.Name)
        {
            case "Akka" or "Akka.Streams" or "Akka.Persistence" or "Akka.Cluster" or "Akka.Cluster.Sharding":
                return typeof(TypeNames).Assembly;
            case "Akka.TestKit" or "Akka.TestKit.Xunit2":
                return Assembly.Load(TestKit);
            default:
                return Assembly.Load(name);
        }
    }

    [GeneratedRegex(
        ", (Version|Culture|PublicKeyToken)=[^,\\]]+",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Details();
}
