using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Pattern;

namespace Akka.Persistence.Journal;

/// <summary>
/// The event adapters of one journal: for an event's class the one bound to it, else the one bound to its nearest base
/// or interface, else none.
/// </summary>
public class EventAdapters
{
    private readonly ConcurrentDictionary<Type, IEventAdapter> _map;
    private readonly IReadOnlyList<KeyValuePair<Type, IEventAdapter>> _bindings;
    private readonly ILoggingAdapter? _log;

    protected EventAdapters(
        ConcurrentDictionary<Type, IEventAdapter>? map,
        IEnumerable<KeyValuePair<Type, IEventAdapter>>? bindings,
        ILoggingAdapter? log)
    {
        _map = map ?? new ConcurrentDictionary<Type, IEventAdapter>();
        _bindings = bindings?.ToArray() ?? [];
        _log = log;
    }

    /// <param name="config">The section of a journal, with event-adapters and event-adapter-bindings.</param>
    public static EventAdapters Create(ExtendedActorSystem system, Config config)
    {
        var names = ReadMap(config, "event-adapters");
        var boundTo = ReadMap(config, "event-adapter-bindings");
        foreach (var (eventType, adapters) in boundTo)
        {
            foreach (var name in adapters.Where(name => !names.ContainsKey(name)))
            {
                throw new ArgumentException(
                    $"{eventType} was bound to undefined event-adapter: {name} (bindings: "
                    + $"[{string.Join(", ", adapters)}], known adapters: [{string.Join(", ", names.Keys)}])");
            }
        }

        var instances = names.ToDictionary(
            entry => entry.Key, entry => Instantiate(entry.Value[0], system), StringComparer.Ordinal);
        var bindings = boundTo.Select(entry => KeyValuePair.Create(
            PluginTypes.Load(entry.Key), Combine(entry.Value.Select(name => instances[name]).ToArray()))).ToArray();
        if (bindings.Length == 0) return IdentityEventAdapters.All;

        var map = new ConcurrentDictionary<Type, IEventAdapter>();
        foreach (var (type, adapter) in bindings) map[type] = adapter;
        return new EventAdapters(map, MostSpecificFirst(bindings), system.Log);
    }

    public IEventAdapter Get<T>() => Get(typeof(T));

    public virtual IEventAdapter Get(Type type) => _map.TryGetValue(type, out var known) ? known : Find(type);

    private static Dictionary<string, string[]> ReadMap(Config config, string path)
    {
        var result = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (!config.HasPath(path)) return result;
        foreach (var (key, value) in config.GetConfig(path).AsEnumerable())
            result[key] = value.IsArray() ? value.GetStringList().ToArray() : [value.GetString() ?? string.Empty];
        return result;
    }

    /// <summary>Several adapters may read one class; only one of them may write it.</summary>
    private static IEventAdapter Combine(IEventAdapter[] adapters)
    {
        if (adapters.Length == 1) return adapters[0];
        var writers = adapters.OfType<WriteOnlyEventAdapter>().ToArray();
        return writers.Length switch
        {
            0 => new ReadOnlyEventAdapter(new CombinedReadEventAdapter(adapters)),
            1 => new ReadWriteEventAdapter(
                new CombinedReadEventAdapter(adapters.OfType<ReadOnlyEventAdapter>()), writers[0]),
            _ => throw new IllegalStateException("Cannot have multiple write adapters for a single adapter binding"),
        };
    }

    private static List<KeyValuePair<Type, IEventAdapter>> MostSpecificFirst(
        IEnumerable<KeyValuePair<Type, IEventAdapter>> bindings)
    {
        var ordered = new List<KeyValuePair<Type, IEventAdapter>>();
        foreach (var binding in bindings)
        {
            var general = ordered.FindIndex(known => known.Key.IsAssignableFrom(binding.Key));
            ordered.Insert(general < 0 ? ordered.Count : general, binding);
        }

        return ordered;
    }

    private static IEventAdapter Instantiate(string className, ExtendedActorSystem system)
    {
        var type = PluginTypes.Load(className);
        var instance = type.GetConstructor([typeof(ExtendedActorSystem)]) is null
            ? Activator.CreateInstance(type)
            : Activator.CreateInstance(type, system);
        return instance switch
        {
            IEventAdapter both => both,
            IWriteEventAdapter writer when instance is IReadEventAdapter reader =>
                new ReadWriteEventAdapter(reader, writer),
            IWriteEventAdapter writer => new WriteOnlyEventAdapter(writer),
            IReadEventAdapter reader => new ReadOnlyEventAdapter(reader),
            _ => throw new ArgumentException(
                $"Configured {className} does not implement any EventAdapter interface!"),
        };
    }

    private IEventAdapter Find(Type type)
    {
        var adapter = _bindings.FirstOrDefault(binding => binding.Key.IsAssignableFrom(type)).Value
            ?? IdentityEventAdapter.Instance;
        if (_map.TryAdd(type, adapter)) _log?.Debug("Using EventAdapter: {0} for event [{1}]", adapter.GetType(), type);
        return adapter;
    }
}

/// <summary>A journal without event adapters.</summary>
internal sealed class IdentityEventAdapters : EventAdapters
{
    public static readonly EventAdapters All = new IdentityEventAdapters();

    private IdentityEventAdapters()
        : base(null, null, null)
    {
    }

    public override IEventAdapter Get(Type type) => IdentityEventAdapter.Instance;
}
