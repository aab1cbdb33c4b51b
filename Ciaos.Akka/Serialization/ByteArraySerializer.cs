using Akka.Actor;

namespace Akka.Serialization;

/// <summary>Byte arrays, as they are.</summary>
public class ByteArraySerializer : Serializer
{
    public ByteArraySerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override bool IncludeManifest => false;

    /// <exception cref="NotSupportedException">It is something else.</exception>
    public override byte[] ToBinary(object? obj) => obj switch
    {
        null => null!,
        byte[] bytes => bytes,
        _ => throw new NotSupportedException("The object to convert is not a byte array."),
    };

    public override object? FromBinary(byte[] bytes, Type? type) => bytes;
}
