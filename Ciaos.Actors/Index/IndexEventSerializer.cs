using Akka.Actor;
using Akka.Serialization;

namespace Ciaos.Actors.Index;

/// <summary>Gives the index's events to journals as <see cref="IndexEventCodec"/> writes them.</summary>
public sealed class IndexEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Stands in journals: never changed.</summary>
    internal const int Id = 9710;

    public override int Identifier => Id;

    public override string Manifest(object o) => IndexEventCodec.ManifestOf(o);

    public override byte[] ToBinary(object? obj) =>
        IndexEventCodec.Encode(obj ?? throw new ArgumentNullException(nameof(obj)));

    /// <exception cref="System.Runtime.Serialization.SerializationException">The bytes are no such event.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => IndexEventCodec.Decode(manifest, bytes);
}
