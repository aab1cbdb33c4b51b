using System.Collections.Concurrent;
using Akka.Serialization;

namespace Ciaos.Actors.Journal;

/// <summary>
/// Turns events and snapshots into bytes and back, with the serialisers of the actor system. What is stored beside the
/// bytes, the identifier of the serialiser and its manifest, is all that is needed to read them.
/// </summary>
internal sealed class PayloadCodec(Akka.Serialization.Serialization serialization)
{
    private readonly ConcurrentDictionary<Type, string> _typeNames = new();

    public (byte[] Bytes, int SerializerId, string Manifest) Write(object payload)
    {
        var serializer = serialization.FindSerializerFor(payload);
        return (serializer.ToBinary(payload), serializer.Identifier, ManifestOf(serializer, payload));
    }

    public object Read(byte[] bytes, int serializerId, string manifest) =>
        serialization.Deserialize(bytes, serializerId, manifest);

    private string ManifestOf(Serializer serializer, object payload) => serializer switch
    {
        SerializerWithStringManifest withManifest => withManifest.Manifest(payload),
        { IncludeManifest: true } => _typeNames.GetOrAdd(
            payload.GetType(), static type => $"{type.FullName}, {type.Assembly.GetName().Name}"),
        _ => "",
    };
}
