using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Annotations;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>
/// The serializers of an actor system: those under akka.actor.serializers, each bound to the types under
/// akka.actor.serialization-bindings. An object gets the serializer of the most specific type that it is of.
/// </summary>
public class Serialization
{
    [ThreadStatic]
    private static Information? _currentTransport;

    private readonly ConcurrentDictionary<int, Serializer> _byId = new();
    private readonly ConcurrentDictionary<string, Serializer> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, Serializer> _bindings = new();

    // The bound types in the order of binding: it decides between types of which neither is the more specific.
    private ImmutableArray<Type> _boundTypes = [];

    // What FindSerializerForType found out for types that are not bound themselves.
    private readonly ConcurrentDictionary<Type, Serializer> _found = new();
    private readonly NullSerializer _nullSerializer;

    public Serialization(ExtendedActorSystem system)
    {
        System = system;
        _nullSerializer = new NullSerializer(system);
        AddSerializer("null", _nullSerializer);

        var config = system.Settings.Config;
        var settings = config.GetConfig("akka.actor.serialization-settings");
        foreach (var (name, type) in Entries(config, "akka.actor.serializers"))
        {
            if (CreateSerializer(name, type, settings?.GetConfig(name)) is { } serializer)
                AddSerializer(name, serializer);
        }
        var given = system.Settings.Setup.Get<SerializationSetup>();
        var details = given.HasValue ? given.Value.CreateSerializers(system) : [];
        foreach (var detail in details) AddSerializer(detail.Alias, detail.Serializer);
        foreach (var (type, name) in Entries(config, "akka.actor.serialization-bindings")) Bind(type, name);
        foreach (var detail in details)
        {
            foreach (var type in detail.UseFor) AddSerializationMap(type, detail.Serializer);
        }
    }

    public ExtendedActorSystem System { get; }

    /// <exception cref="InvalidOperationException">Nothing is being serialized.</exception>
    [InternalApi]
    public static Information GetCurrentTransportInformation() => _currentTransport
        ?? throw new InvalidOperationException(
            "CurrentTransportInformation is not set. Use Serialization.WithTransport<T>.");

    /// <summary>Runs an action in which references to local actors are serialized with the system's address.</summary>
    public static T WithTransport<T>(ExtendedActorSystem system, Func<T> action) =>
        WithInformation(InformationOf(system), action, static a => a());

    /// <inheritdoc cref="WithTransport{T}(ExtendedActorSystem, Func{T})"/>
    public static T WithTransport<TState, T>(ExtendedActorSystem system, TState state, Func<TState, T> action) =>
        WithInformation(InformationOf(system), state, action);

    [Obsolete("Obsolete. Use the SerializeWithTransport<T>(ExtendedActorSystem) method instead.")]
    public static T WithTransport<T>(ActorSystem system, Address address, Func<T> action) =>
        WithInformation(new Information(address, system), action, static a => a());

    /// <summary>What has to be stored beside the bytes for reading them; empty if nothing has.</summary>
    public static string ManifestFor(Serializer s, object msg) => s switch
    {
        SerializerWithStringManifest withManifest => withManifest.Manifest(msg),
        { IncludeManifest: true } => TypeNames.QualifiedName(msg.GetType()),
        _ => "",
    };

    /// <summary>The path of an actor as others can resolve it.</summary>
    public static string SerializedActorPath(IActorRef? actorRef)
    {
        if (actorRef is null || Equals(actorRef, ActorRefs.NoSender)) return "";
        var path = actorRef.Path;
        return _currentTransport is { } transport
            ? path.ToSerializationFormatWithAddress(transport.Address)
            : path.ToSerializationFormat();
    }

    /// <summary>Serializers have a name by which bindings refer to them, and an identifier that is stored.</summary>
    public void AddSerializer(string name, Serializer serializer)
    {
        if (_byId.TryGetValue(serializer.Identifier, out var other) && other != serializer)
        {
            System.Log.Warning("Serializer with identifier [{0}] are being overriden from [{1}] to [{2}]. "
                + "Did you mean to do this?", serializer.Identifier, other, serializer);
        }
        _byId[serializer.Identifier] = serializer;
        _byName[name] = serializer;
    }

    /// <summary>Binds a type, and all that is of it, to a serializer.</summary>
    public void AddSerializationMap(Type type, Serializer serializer)
    {
        if (!_bindings.ContainsKey(type)) ImmutableInterlocked.Update(ref _boundTypes, types => types.Add(type));
        _bindings[type] = serializer;
        _found.Clear();
    }

    /// <exception cref="SerializationException">There is no serializer for it, or that cannot serialize it.</exception>
    public byte[] Serialize(object? o) =>
        WithTransport(System, (this, o), static s => s.Item1.FindSerializerFor(s.o).ToBinary(s.o));

    /// <exception cref="SerializationException">There is no such serializer.</exception>
    public object Deserialize(byte[] bytes, int serializerId, Type? type) =>
        WithTransport(System, (Serializer: SerializerById(serializerId, type?.Name), bytes, type),
            static s => s.Serializer.FromBinary(s.bytes, s.type))!;

    /// <exception cref="SerializationException">There is no such serializer, or no such type.</exception>
    public object Deserialize(byte[] bytes, int serializerId, string manifest) =>
        WithTransport(System, (Serializer: SerializerById(serializerId, manifest), bytes, manifest), static s =>
        {
            if (s.Serializer is SerializerWithStringManifest withManifest)
                return withManifest.FromBinary(s.bytes, s.manifest);
            if (string.IsNullOrEmpty(s.manifest)) return s.Serializer.FromBinary(s.bytes, null);
            var type = TypeNames.Resolve(s.manifest) ?? throw new SerializationException(
                $"Cannot find manifest class [{s.manifest}] for serializer with id [{s.Serializer.Identifier}].");
            return s.Serializer.FromBinary(s.bytes, type);
        })!;

    public IActorRef DeserializeActorRef(string path) => System.Provider.ResolveActorRef(path);

    public Serializer FindSerializerFor(object? obj, string? defaultSerializerName = null) =>
        obj is null ? _nullSerializer : FindSerializerForType(obj.GetType(), defaultSerializerName);

    /// <param name="objectType">The most specific type bound that it is of decides.</param>
    /// <param name="defaultSerializerName">Comes before the one bound to object.</param>
    /// <exception cref="SerializationException">There is none.</exception>
    public Serializer FindSerializerForType(Type objectType, string? defaultSerializerName = null)
    {
        if (_bindings.TryGetValue(objectType, out var bound) || _found.TryGetValue(objectType, out bound)) return bound;
        var best = typeof(object);
        foreach (var type in _boundTypes)
        {
            if (type.IsAssignableFrom(objectType) && best.IsAssignableFrom(type)) best = type;
        }
        if (best == typeof(object) && defaultSerializerName is not null
            && _byName.TryGetValue(defaultSerializerName, out var byName))
            return byName;
        if (!_bindings.TryGetValue(best, out bound))
            throw new SerializationException($"Serializer not found for type {objectType.Name}");
        _found[objectType] = bound;
        return bound;
    }

    internal Serializer GetSerializerById(int serializerId) => _byId[serializerId];

    internal static T WithInformation<TState, T>(Information information, TState state, Func<TState, T> action)
    {
        var before = _currentTransport;
        _currentTransport = information;
        try
        {
            return action(state);
        }
        finally
        {
            _currentTransport = before;
        }
    }

    private static Information InformationOf(ExtendedActorSystem system) =>
        new(system.Provider.DefaultAddress, system);

    private static IEnumerable<(string Key, string Value)> Entries(Config config, string path) =>
        config.GetConfig(path)?.AsEnumerable().Select(e => (e.Key, e.Value.GetString() ?? "")) ?? [];

    private Serializer SerializerById(int serializerId, string? what) =>
        _byId.TryGetValue(serializerId, out var serializer) ? serializer : throw new SerializationException(
            $"Cannot find serializer with id [{serializerId}] (class [{what}]). The most probable reason is that the "
            + "configuration entry 'akka.actor.serializers' is not in sync between the two systems.");

    private Serializer? CreateSerializer(string name, string typeName, Config? settings)
    {
        if (TypeNames.Resolve(typeName) is not { } type)
        {
            System.Log.Warning("The type name for serializer '{0}' did not resolve to an actual Type: '{1}'",
                name, typeName);
            return null;
        }
        var takesSettings = type.GetConstructor([typeof(ExtendedActorSystem), typeof(Config)]) is not null;
        object[] arguments = settings is not null && takesSettings ? [System, settings] : [System];
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        return (Serializer)Activator.CreateInstance(type, Any, binder: null, arguments, culture: null)!;
    }

    private void Bind(string typeName, string serializerName)
    {
        if (TypeNames.Resolve(typeName) is not { } type)
        {
            System.Log.Warning("The type name for message/serializer binding '{0}' did not resolve to an actual "
                + "Type: '{1}'", serializerName, typeName);
        }
        else if (!_byName.TryGetValue(serializerName, out var serializer))
        {
            System.Log.Warning("Serialization binding to non existing serializer: '{0}'", serializerName);
        }
        else
        {
            AddSerializationMap(type, serializer);
        }
    }
}
