using System.Reflection;

namespace Akka.Util;

/// <summary>Makes objects of classes that a configuration names.</summary>
internal static class Instances
{
    /// <exception cref="Configuration.ConfigurationException">There is no such type.</exception>
    public static Type Resolve(string? name, string setting) =>
        TypeNames.Resolve(name) ?? throw new Configuration.ConfigurationException(
            $"Could not resolve type [{name}] for setting [{setting}].");

    /// <summary>Creates an instance, whether or not its constructor is public.</summary>
    public static T Create<T>(Type type, params object?[] args)
    {
        const BindingFlags anyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        try
        {
            return (T)Activator.CreateInstance(
                type, anyInstance, binder: null, args, System.Globalization.CultureInfo.InvariantCulture)!;
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}
