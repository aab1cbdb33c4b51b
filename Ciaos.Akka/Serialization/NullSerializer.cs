using Akka.Actor;

namespace Akka.Serialization;

/// <summary>Null, as no bytes at all.</summary>
public class NullSerializer : Serializer
{
    public NullSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override int Identifier => 0;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object? obj) => [];

    public override object? FromBinary(byte[] bytes, Type? type) => null;
}
