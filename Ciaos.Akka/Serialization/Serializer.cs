using Akka.Actor;
using Akka.Annotations;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>Turns objects into bytes and back. Its identifier is stored with the bytes, so it never changes.</summary>
public abstract class Serializer
{
#pragma warning disable IDE1006, CA1051 // The name and the field are Akka.NET's.
    protected readonly ExtendedActorSystem system;
#pragma warning restore IDE1006, CA1051

    private int? _identifier;

    protected Serializer(ExtendedActorSystem system)
    {
        this.system = system;
    }

    /// <summary>0 to 40 are Akka's own. Unless overridden, it is under akka.actor.serialization-identifiers.</summary>
    public virtual int Identifier =>
        _identifier ??= SerializerIdentifierHelper.GetSerializerIdentifierFromConfig(GetType(), system);

    /// <summary>True when <see cref="FromBinary(byte[], Type)"/> has to be told the type.</summary>
    public abstract bool IncludeManifest { get; }

    public abstract byte[] ToBinary(object? obj);

    /// <summary>As <see cref="ToBinary"/>, where references to local actors carry an address.</summary>
    public byte[] ToBinaryWithAddress(Address address, object? obj) =>
        Serialization.WithInformation(new Information(address, system), (this, obj), s => s.Item1.ToBinary(s.obj));

    public abstract object? FromBinary(byte[] bytes, Type? type);

    public T FromBinary<T>(byte[] bytes) => (T)FromBinary(bytes, typeof(T))!;
}

/// <summary>A serializer whose manifest is a text of its own instead of the name of a type.</summary>
public abstract class SerializerWithStringManifest : Serializer
{
    protected SerializerWithStringManifest(ExtendedActorSystem system)
        : base(system)
    {
    }

    public sealed override bool IncludeManifest => true;

    public sealed override object? FromBinary(byte[] bytes, Type? type) =>
        FromBinary(bytes, type is null ? "" : TypeNames.QualifiedName(type));

    public abstract object FromBinary(byte[] bytes, string manifest);

    /// <summary>The text; empty if none is needed.</summary>
    public abstract string Manifest(object o);
}

[InternalApi]
public static class SerializerIdentifierHelper
{
    internal const string SerializationIdentifiers = "akka.actor.serialization-identifiers";

    /// <exception cref="ArgumentException">There is none for this type.</exception>
    public static int GetSerializerIdentifierFromConfig(Type type, ExtendedActorSystem system)
    {
        var identifiers = system.Settings.Config.GetConfig(SerializationIdentifiers)?.AsEnumerable() ?? [];
        foreach (var (name, identifier) in identifiers)
        {
            if (TypeNames.Resolve(name) == type) return identifier.GetInt();
        }
        throw new ArgumentException(
            $"Couldn't find serializer id for [{type}] under [{SerializationIdentifiers}] HOCON path", nameof(type));
    }
}
