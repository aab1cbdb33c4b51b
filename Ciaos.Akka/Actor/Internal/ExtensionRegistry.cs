using System.Collections.Concurrent;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor.Internal;

/// <summary>The extensions of one system: each is created once, by whoever asks first, while the others wait.</summary>
internal sealed class ExtensionRegistry(ActorSystemImpl system)
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();

    /// <summary>One that fails is not tried again: all who ask get the first exception, which says why.</summary>
    public object Register(IExtensionId id) =>
        _extensions.GetOrAdd(id.ExtensionType, _ => new Lazy<object>(() => id.CreateExtension(system))).Value;

    /// <returns>null if it has not been registered.</returns>
    public object? Get(Type? type) =>
        type is not null && _extensions.TryGetValue(type, out var lazy) ? lazy.Value : null;

    public void LoadConfigured()
    {
        foreach (var name in system.Settings.Config.GetStringList("akka.extensions"))
        {
            if (TypeNames.Resolve(name) is { } type && typeof(IExtensionId).IsAssignableFrom(type))
            {
                Register(Instances.Create<IExtensionId>(type));
            }
            else
            {
                system.Log.Error("[{0}] is not an 'ExtensionId', skipping...", name);
            }
        }
    }
}
