using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Actors.Volumes;

/// <summary>
/// The bytes of volume events: the layout's version (1), the volume's id, then what the manifest tells. Numbers are
/// varints. Fields may be added at the end; readers ignore what they do not know. Spec: docs/formats.md.
/// <code>
/// manifest             fields
/// volume-created       time in microseconds since 1970
/// volume-sealed        length in bytes, cause (1 = full, 2 = write failed), highest needle id (missing in old events)
/// volume-quarantined   detail: length, UTF-8
/// </code>
/// </summary>
public sealed class VolumeEventSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const byte Version = 1;
    private const string CreatedManifest = "volume-created";
    private const string SealedManifest = "volume-sealed";
    private const string QuarantinedManifest = "volume-quarantined";

    /// <summary>Stands in journals: never changed.</summary>
    internal const int Id = 97101;

    public override int Identifier => Id;

    public override string Manifest(object o) => ManifestOf(o);

    internal static string ManifestOf(object o) => o switch
    {
        VolumeCreated => CreatedManifest,
        VolumeSealed => SealedManifest,
        VolumeQuarantined => QuarantinedManifest,
        _ => throw new SerializationException($"{o.GetType()} is no event of a volume"),
    };

    public override byte[] ToBinary(object? obj) => Encode(obj);

    internal static byte[] Encode(object? obj)
    {
        var writer = new PackedWriter();
        writer.Byte(Version);
        writer.Unsigned(((IVolumeEvent)obj!).Volume.Value);
        switch (obj)
        {
            case VolumeCreated created:
                writer.Time(created.At);
                break;
            case VolumeSealed sealing:
                writer.Unsigned(sealing.LengthBytes);
                writer.Unsigned((long)sealing.Cause);
                writer.Unsigned(sealing.HighestNeedle.Value);
                break;
            case VolumeQuarantined quarantined:
                writer.Text(quarantined.Detail);
                break;
        }

        return writer.Finish();
    }

    public override object FromBinary(byte[] bytes, string manifest) => Decode(bytes, manifest);

    /// <exception cref="SerializationException">The bytes are no such event.</exception>
    internal static IVolumeEvent Decode(byte[] bytes, string manifest)
    {
        var reader = new PackedReader(bytes);
        var version = reader.Byte();
        if (version != Version) throw new SerializationException($"Version {version} of {manifest} is not known");
        var volume = new VolumeId(reader.Unsigned());
        return manifest switch
        {
            CreatedManifest => new VolumeCreated(volume, reader.Time()),
            SealedManifest => new VolumeSealed(
                volume, reader.Unsigned(), ReadCause(ref reader),
                new NeedleId(reader.Remaining > 0 ? reader.Unsigned() : 0)),
            QuarantinedManifest => new VolumeQuarantined(volume, reader.Text()),
            _ => throw new SerializationException($"{manifest} is no event of a volume"),
        };
    }

    private static SealCause ReadCause(ref PackedReader reader)
    {
        var cause = reader.Unsigned();
        return cause is (long)SealCause.Full or (long)SealCause.WriteFailed
            ? (SealCause)cause
            : throw reader.Wrong($"the cause {cause} is not known");
    }
}
