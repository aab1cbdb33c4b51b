using Akka.Actor;
using Akka.Serialization;

namespace Ciaos.Actors.Identity;

/// <summary>Gives the events of identities to journals as <see cref="IdentityEventCodec"/> writes them.</summary>
public sealed class IdentityEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Stands in journals: never changed.</summary>
    internal const int Id = 97102;

    public override int Identifier => Id;

    public override string Manifest(object o) => IdentityEventCodec.ManifestOf(o);

    public override byte[] ToBinary(object? obj) =>
        IdentityEventCodec.Encode(obj ?? throw new ArgumentNullException(nameof(obj)));

    /// <exception cref="System.Runtime.Serialization.SerializationException">The bytes are no such event.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => IdentityEventCodec.Decode(manifest, bytes);
}
