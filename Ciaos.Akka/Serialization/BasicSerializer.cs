using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>
/// What objects get that no serializer is bound to. Akka.NET has JSON with the names of types in it here; reading a
/// type's name out of data and making one of it is how deserializers get exploited, so this one knows a closed set:
/// texts, numbers, times, and messages of the engine that say all by their type. For everything else it says what to
/// configure. Numbers are little-endian, texts UTF-8.
/// </summary>
internal sealed class BasicSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Dictionary<Type, Format> ByType = [];

    private static readonly Dictionary<string, Format> ByManifest = new(StringComparer.Ordinal);

    static BasicSerializer()
    {
        Add("s", Utf8.GetBytes, b => Utf8.GetString(b));
        Add("c", v => Number(2, v, (b, x) => BinaryPrimitives.WriteUInt16LittleEndian(b, x)),
            b => (char)BinaryPrimitives.ReadUInt16LittleEndian(Exactly(b, 2)));
        Add("b", v => [v ? (byte)1 : (byte)0], b => Exactly(b, 1)[0] != 0);
        Add("u1", v => [v], b => Exactly(b, 1)[0]);
        Add("i1", v => [(byte)v], b => (sbyte)Exactly(b, 1)[0]);
        Add("i2", v => Number(2, v, (b, x) => BinaryPrimitives.WriteInt16LittleEndian(b, x)),
            b => BinaryPrimitives.ReadInt16LittleEndian(Exactly(b, 2)));
        Add("u2", v => Number(2, v, (b, x) => BinaryPrimitives.WriteUInt16LittleEndian(b, x)),
            b => BinaryPrimitives.ReadUInt16LittleEndian(Exactly(b, 2)));
        Add("i4", v => Number(4, v, (b, x) => BinaryPrimitives.WriteInt32LittleEndian(b, x)),
            b => BinaryPrimitives.ReadInt32LittleEndian(Exactly(b, 4)));
        Add("u4", v => Number(4, v, (b, x) => BinaryPrimitives.WriteUInt32LittleEndian(b, x)),
            b => BinaryPrimitives.ReadUInt32LittleEndian(Exactly(b, 4)));
        Add("i8", Int64, ReadInt64);
        Add("u8", v => Int64(unchecked((long)v)), b => unchecked((ulong)ReadInt64(b)));
        Add("f4", v => Number(4, v, (b, x) => BinaryPrimitives.WriteSingleLittleEndian(b, x)),
            b => BinaryPrimitives.ReadSingleLittleEndian(Exactly(b, 4)));
        Add("f8", v => Number(8, v, (b, x) => BinaryPrimitives.WriteDoubleLittleEndian(b, x)),
            b => BinaryPrimitives.ReadDoubleLittleEndian(Exactly(b, 8)));
        AddTimes();
        AddMessages();
    }

    public override int Identifier => 1;

    public override byte[] ToBinary(object? obj) => obj switch
    {
        null => [],
        IActorRef actor => Utf8.GetBytes(Serialization.SerializedActorPath(actor)),
        _ => FormatOf(obj).Write(obj),
    };

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (manifest.Equals("ref", StringComparison.Ordinal))
            return system.Provider.ResolveActorRef(Utf8.GetString(bytes));
        if (!ByManifest.TryGetValue(manifest, out var format))
            throw new SerializationException($"Nothing was ever serialized with the manifest [{manifest}] here");
        try
        {
            return format.Read(bytes);
        }
        catch (Exception e) when (e is ArgumentException or DecoderFallbackException or FormatException)
        {
            throw new SerializationException($"{bytes.Length} bytes are no [{manifest}]", e);
        }
    }

    public override string Manifest(object o) => o is IActorRef ? "ref" : FormatOf(o).Manifest;

    private static void AddTimes()
    {
        Add("time", v => Int64(v.ToBinary()), b => DateTime.FromBinary(ReadInt64(b)));
        Add("span", v => Int64(v.Ticks), b => TimeSpan.FromTicks(ReadInt64(b)));
        Add("offset", v => [.. Int64(v.Ticks), .. Int64(v.Offset.Ticks)],
            b => new DateTimeOffset(ReadInt64(Exactly(b, 16)[..8]), TimeSpan.FromTicks(ReadInt64(b[8..]))));
        Add("guid", v => v.ToByteArray(), b => new Guid(b));
        Add("dec", v => decimal.GetBits(v).SelectMany(BitConverter.GetBytes).ToArray(),
            b => new decimal(Enumerable.Range(0, 4)
                .Select(i => BinaryPrimitives.ReadInt32LittleEndian(Exactly(b, 16).AsSpan(i * 4))).ToArray()));
    }

    private static void AddMessages()
    {
        Add("poison", _ => [], _ => PoisonPill.Instance);
        Add("kill", _ => [], _ => Kill.Instance);
        Add("done", _ => [], _ => Done.Instance);
        Add("address", v => Utf8.GetBytes(v.ToString()), b => Address.Parse(Utf8.GetString(b)));
    }

    private static Format FormatOf(object value)
    {
        if (ByType.TryGetValue(value.GetType(), out var format)) return format;
        var name = TypeNames.QualifiedName(value.GetType());
        throw new SerializationException($"No serializer is bound to [{name}]. Write one, name it under "
            + $"akka.actor.serializers, and bind it: akka.actor.serialization-bindings {{ \"{name}\" = the-name }}");
    }

    private static void Add<T>(string manifest, Func<T, byte[]> write, Func<byte[], T> read)
        where T : notnull
    {
        var format = new Format(manifest, o => write((T)o), b => read(b));
        ByType.Add(typeof(T), format);
        ByManifest.Add(manifest, format);
    }

    private delegate void WriteNumber<in T>(Span<byte> to, T value);

    private static byte[] Number<T>(int size, T value, WriteNumber<T> write)
    {
        var bytes = new byte[size];
        write(bytes, value);
        return bytes;
    }

    private static byte[] Int64(long value) => Number(8, value, BinaryPrimitives.WriteInt64LittleEndian);

    private static long ReadInt64(byte[] bytes) => BinaryPrimitives.ReadInt64LittleEndian(Exactly(bytes, 8));

    private static byte[] Exactly(byte[] bytes, int length) =>
        bytes.Length == length ? bytes : throw new FormatException($"Expected {length} bytes");

    private sealed record Format(string Manifest, Func<object, byte[]> Write, Func<byte[], object> Read);
}
