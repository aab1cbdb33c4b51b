using System.Buffers.Binary;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Persistence.Serialization;

/// <summary>
/// Writes a snapshot with the serialiser of its class, after a head that says which one that was:
/// <code>
/// offset  bytes  field (little-endian)
///      0      4  identifier of the serialiser
///      4      4  length of the manifest, n
///      8      n  manifest, UTF-8
///  8 + n         what that serialiser wrote
/// </code>
/// </summary>
public class PersistenceSnapshotSerializer : Serializer
{
    private const int HeadBytes = 8;

    public PersistenceSnapshotSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object? obj)
    {
        if (obj is not Snapshot snapshot)
            throw new ArgumentException($"Can't serialize object of type [{obj?.GetType()}] in [{GetType()}]");
        var serializer = system.Serialization.FindSerializerFor(snapshot.Data);
        var manifest = Encoding.UTF8.GetBytes(ManifestOf(serializer, snapshot.Data));
        var payload = serializer.ToBinary(snapshot.Data);
        var bytes = new byte[HeadBytes + manifest.Length + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, serializer.Identifier);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), manifest.Length);
        manifest.CopyTo(bytes, HeadBytes);
        payload.CopyTo(bytes, HeadBytes + manifest.Length);
        return bytes;
    }

    public override object FromBinary(byte[] bytes, Type? type)
    {
        if (bytes.Length < HeadBytes) throw Damaged(bytes.Length);
        var identifier = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var manifestBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        if (manifestBytes < 0 || manifestBytes > bytes.Length - HeadBytes) throw Damaged(bytes.Length);
        var manifest = Encoding.UTF8.GetString(bytes, HeadBytes, manifestBytes);
        var payload = bytes[(HeadBytes + manifestBytes)..];
        return new Snapshot(system.Serialization.Deserialize(payload, identifier, manifest));
    }

    private static string ManifestOf(Serializer serializer, object data) => serializer switch
    {
        SerializerWithStringManifest withManifest => withManifest.Manifest(data),
        { IncludeManifest: true } => $"{data.GetType().FullName}, {data.GetType().Assembly.GetName().Name}",
        _ => string.Empty,
    };

    private static System.Runtime.Serialization.SerializationException Damaged(int length) =>
        new($"A snapshot of {length} bytes has no valid head");
}
