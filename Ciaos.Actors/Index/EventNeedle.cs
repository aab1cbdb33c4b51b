using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.Serialization;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Index;

/// <summary>An event as its journal holds it, or as a <see cref="NeedlePut"/>.</summary>
/// <param name="Payload">The journal's bytes; never changed.</param>
internal readonly record struct EncodedEvent(string Manifest, byte[] Payload);

/// <summary>A piece of an event that is too long for one needle.</summary>
/// <param name="Ordinal">From 0.</param>
/// <param name="Count">How many pieces there are; at least 1.</param>
internal sealed record EventPart(string Manifest, int Ordinal, int Count, byte[] Piece);

/// <summary>One run of an event needle.</summary>
/// <param name="Stream">0: the keeper of buckets; 1 and up: the shard of this number less 1.</param>
/// <param name="FirstSequence">The number of the first event in its journal; the others follow without a gap.</param>
/// <param name="Part">Set where it holds but a piece of that one event.</param>
internal sealed record EventRun(long Stream, long FirstSequence, ImmutableArray<EncodedEvent> Events, EventPart? Part);

/// <summary>
/// The data of an event needle: runs of events, each of one stream, just as its journal holds them (but for
/// <see cref="NeedlePut"/>), one behind the other. Spec: docs/formats.md.
/// <code>
/// data   run+
/// run    0x01 (version) stream (unsigned) number of the first event (unsigned) count (unsigned) event*
/// event  code of its manifest (1 byte) payload (bytes)
/// </code>
/// With a count of 0, a piece of an event that is too long for one needle:
/// <code>
/// piece  ordinal (unsigned, from 0) number of pieces (unsigned) code (1 byte) bytes
/// </code>
/// </summary>
internal static class EventNeedle
{
    public const byte Version = 1;

    /// <summary>The bytes are a <see cref="NeedlePut"/>. No journal has such an event.</summary>
    public const string NeedlePutManifest = "object-put-of-needle";

    /// <summary>The smallest volume that can be configured (1 MiB) has room for a needle of this much data.</summary>
    public const int MaxDataBytes = 512 * 1024;

    // Version, three or four varints of up to 10 bytes, and a code.
    private const int MaxHeadBytes = 64;
    private const int MaxEventHeadBytes = 6;
    private const int MaxPayloadBytes = MaxDataBytes - MaxHeadBytes - MaxEventHeadBytes;

    // Stored on disk: a code is the place in this list. Extend at the end only.
    private static readonly ImmutableArray<string> Manifests =
    [
        "",
        IndexEventCodec.PutManifest,
        IndexEventCodec.AppendedManifest,
        IndexEventCodec.DeletedManifest,
        IndexEventCodec.RenamedManifest,
        IndexEventCodec.RenameStartedManifest,
        IndexEventCodec.RenamedFromManifest,
        IndexEventCodec.RenamedToManifest,
        IndexEventCodec.RenameAbortedManifest,
        IndexEventCodec.BucketCreatedManifest,
        IndexEventCodec.IndexCreatedManifest,
        IndexEventCodec.LostManifest,
        IndexEventCodec.VersionPutManifest,
        IndexEventCodec.MarkerPutManifest,
        IndexEventCodec.VersionDeletedManifest,
        IndexEventCodec.MetadataChangedManifest,
        IndexEventCodec.UploadBegunManifest,
        IndexEventCodec.UploadPartPutManifest,
        IndexEventCodec.UploadCompletedManifest,
        IndexEventCodec.UploadAbortedManifest,
        IndexEventCodec.BucketMadeManifest,
        IndexEventCodec.BucketConfiguredManifest,
        IndexEventCodec.BucketDeletedManifest,
        IndexEventCodec.BucketEventLostManifest,
        IndexEventCodec.VersionLostManifest,
        NeedlePutManifest,
    ];

    private static readonly FrozenDictionary<string, byte> Codes =
        Enumerable.Range(1, Manifests.Length - 1).ToFrozenDictionary(code => Manifests[code], code => (byte)code);

    private static readonly FrozenDictionary<string, string> NoMetadata = FrozenDictionary<string, string>.Empty;

    /// <summary>The needle of such data. It has no bucket, key or upload.</summary>
    public static Needle Create(NeedleId id, byte[] data) =>
        new(NeedleKind.Events, id, default, default, default, 0, false, default, default, NoMetadata, data);

    /// <summary>The data of as many needles as it takes; each is at most <see cref="MaxDataBytes"/> long.</summary>
    public static List<byte[]> Encode(long stream, long firstSequence, IReadOnlyList<EncodedEvent> events)
    {
        var needles = new List<byte[]>(1);
        for (var next = 0; next < events.Count;)
        {
            var from = next;
            for (var bytes = 0; next < events.Count; next++)
            {
                bytes += events[next].Payload.Length + MaxEventHeadBytes;
                if (bytes > MaxDataBytes - MaxHeadBytes) break;
            }

            if (next > from) needles.Add(EncodeRun(stream, firstSequence + from, events, from, next));
            else needles.AddRange(EncodePieces(stream, firstSequence + next, events[next++]));
        }

        return needles;
    }

    /// <returns>At least one.</returns>
    /// <exception cref="SerializationException">It is no such data, or that of a later version.</exception>
    public static ImmutableArray<EventRun> Decode(ReadOnlySpan<byte> data)
    {
        var reader = new PackedReader(data);
        var runs = ImmutableArray.CreateBuilder<EventRun>(1);
        do
        {
            runs.Add(DecodeRun(ref reader));
        }
        while (reader.Remaining > 0);
        return runs.DrainToImmutable();
    }

    private static byte[] EncodeRun(
        long stream, long firstSequence, IReadOnlyList<EncodedEvent> events, int from, int behind)
    {
        var writer = Begin(stream, firstSequence, behind - from);
        for (var i = from; i < behind; i++)
        {
            writer.Byte(Codes[events[i].Manifest]);
            writer.Bytes(events[i].Payload);
        }

        return writer.Finish();
    }

    private static IEnumerable<byte[]> EncodePieces(long stream, long sequence, EncodedEvent message)
    {
        var pieces = message.Payload.Chunk(MaxPayloadBytes).ToList();
        for (var i = 0; i < pieces.Count; i++)
        {
            var writer = Begin(stream, sequence, 0);
            writer.Unsigned(i);
            writer.Unsigned(pieces.Count);
            writer.Byte(Codes[message.Manifest]);
            writer.Bytes(pieces[i]);
            yield return writer.Finish();
        }
    }

    private static PackedWriter Begin(long stream, long firstSequence, int count)
    {
        var writer = new PackedWriter(256 * Math.Max(1, count));
        writer.Byte(Version);
        writer.Unsigned(stream);
        writer.Unsigned(firstSequence);
        writer.Unsigned(count);
        return writer;
    }

    private static EventRun DecodeRun(ref PackedReader reader)
    {
        var version = reader.Byte();
        if (version != Version) throw reader.Wrong($"version {version} of the layout is not known, {Version} is");
        var stream = reader.Unsigned();
        if (stream > KeySlot.Count) throw reader.Wrong($"there is no stream {stream}");
        var first = reader.Unsigned();
        var count = reader.Count();
        if (first == 0 || first > long.MaxValue - count) throw reader.Wrong($"no event has the number {first}");
        if (count == 0) return new EventRun(stream, first, [], ReadPart(ref reader));
        var events = ImmutableArray.CreateBuilder<EncodedEvent>(count);
        for (var i = 0; i < count; i++)
            events.Add(new EncodedEvent(ReadManifest(ref reader), reader.Bytes().ToArray()));
        return new EventRun(stream, first, events.MoveToImmutable(), null);
    }

    private static EventPart ReadPart(ref PackedReader reader)
    {
        var ordinal = reader.Unsigned();
        var count = reader.Unsigned();
        if (count > int.MaxValue || ordinal >= count) throw reader.Wrong($"piece {ordinal} of {count}");
        return new EventPart(ReadManifest(ref reader), (int)ordinal, (int)count, reader.Bytes().ToArray());
    }

    private static string ReadManifest(ref PackedReader reader)
    {
        var code = reader.Byte();
        return code > 0 && code < Manifests.Length ? Manifests[code] : throw reader.Wrong($"code {code} is not known");
    }
}
