using System.Collections.Frozen;
using System.Runtime.Serialization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using static Ciaos.Actors.Identity.IdentityEvents;

namespace Ciaos.Actors.Identity;

/// <summary>
/// The bytes of the events of identities: JSON in UTF-8, <c>{"version":1,"event":{…}}</c>, with the event's fields in
/// camel case, times in ISO 8601 and bytes in base64. Which event it is, tells the manifest that the journal keeps
/// beside it. What is missing, unknown or of another type is refused. Spec with an example: docs/identity.md.
/// </summary>
internal static class IdentityEventCodec
{
    public const int Version = 1;

    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 8,
    };

    // Stored in journals: never changed. Extend only.
    private static readonly FrozenDictionary<string, Kind> Kinds = new Kind[]
    {
        Kind.Of<IdentityBegun>("identity-begun"),
        Kind.Of<UserCreated>("user-created"),
        Kind.Of<UserChanged>("user-changed"),
        Kind.Of<UserDeleted>("user-deleted"),
        Kind.Of<KeyCreated>("key-created"),
        Kind.Of<KeyChanged>("key-changed"),
        Kind.Of<KeyDeleted>("key-deleted"),
        Kind.Of<SessionCreated>("session-created"),
        Kind.Of<PolicyPut>("policy-put"),
        Kind.Of<PolicyDeleted>("policy-deleted"),
        Kind.Of<QuotaSet>("quota-set"),
        Kind.Of<KeysUsed>("keys-used"),
    }.ToFrozenDictionary(kind => kind.Manifest);

    private static readonly FrozenDictionary<Type, Kind> OfTypes = Kinds.Values.ToFrozenDictionary(kind => kind.Type);

    public static string ManifestOf(object message) => KindOf(message).Manifest;

    public static byte[] Encode(object message) => KindOf(message).Write(message);

    /// <exception cref="SerializationException">The bytes are no such event, or one of a later version.</exception>
    public static IIdentityEvent Decode(string manifest, ReadOnlySpan<byte> bytes)
    {
        if (!Kinds.TryGetValue(manifest, out var kind))
            throw new SerializationException($"{manifest} is no event of identities");
        try
        {
            return kind.Read(bytes);
        }
        catch (JsonException wrong)
        {
            throw new SerializationException($"Event {manifest} of {bytes.Length} bytes: {wrong.Message}", wrong);
        }
    }

    private static Kind KindOf(object message) => OfTypes.TryGetValue(message.GetType(), out var kind)
        ? kind
        : throw new SerializationException($"{message.GetType()} is no event of identities");

    private delegate IIdentityEvent Reading(ReadOnlySpan<byte> bytes);

    private sealed record Kind(string Manifest, Type Type, Func<object, byte[]> Write, Reading Read)
    {
        public static Kind Of<T>(string manifest)
            where T : IIdentityEvent => new(
                manifest, typeof(T),
                message => JsonSerializer.SerializeToUtf8Bytes(
                    new Envelope<T>(IdentityEventCodec.Version, (T)message), Strict),
                Parse<T>);

        private static IIdentityEvent Parse<T>(ReadOnlySpan<byte> bytes)
            where T : IIdentityEvent
        {
            var read = JsonSerializer.Deserialize<Envelope<T>>(bytes, Strict)
                ?? throw new JsonException("it is null");
            if (read.Version != IdentityEventCodec.Version)
                throw new JsonException(
                    $"version {read.Version} of the layout is not known, {IdentityEventCodec.Version} is");
            return read.Event ?? throw new JsonException("its event is null");
        }
    }

    private sealed record Envelope<T>(int Version, T? Event);
}
