using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using FsCheck.Fluent;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Volumes.VolumeEvents;

namespace Ciaos.Specs.Index;

/// <summary>Events whose bytes have changed: each is read as some event, always the same, or refused as the codec
/// says; what they claim to hold costs nothing.</summary>
public class IndexEventFuzzSpec
{
    // A segment of one byte becomes 40 in memory, twice so while arrays grow; texts and keys less.
    private const int AllocatedPerByte = 400;
    private const int AllocatedAtMost = 64 * 1024;

    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly string[] Manifests =
    [
        IndexEventCodec.PutManifest, IndexEventCodec.AppendedManifest, IndexEventCodec.DeletedManifest,
        IndexEventCodec.RenamedManifest, IndexEventCodec.RenameStartedManifest, IndexEventCodec.RenamedFromManifest,
        IndexEventCodec.RenamedToManifest, IndexEventCodec.RenameAbortedManifest, IndexEventCodec.BucketCreatedManifest,
        IndexEventCodec.IndexCreatedManifest, IndexEventCodec.VersionPutManifest, IndexEventCodec.MarkerPutManifest,
        IndexEventCodec.VersionDeletedManifest, IndexEventCodec.MetadataChangedManifest,
        IndexEventCodec.UploadBegunManifest, IndexEventCodec.UploadPartPutManifest,
        IndexEventCodec.UploadCompletedManifest, IndexEventCodec.UploadAbortedManifest,
        IndexEventCodec.BucketMadeManifest, IndexEventCodec.BucketConfiguredManifest,
        IndexEventCodec.BucketDeletedManifest, IndexEventCodec.BucketEventLostManifest,
        IndexEventCodec.VersionLostManifest, "", "no-such-event",
    ];

    private static readonly (string Manifest, byte[] Bytes)[] Seeds =
    [
        .. IndexGen.Event.Sample(300, 40).Select(it => (IndexEventCodec.ManifestOf(it), IndexEventCodec.Encode(it))),
    ];

    private readonly VolumeEventSerializer _volumeEvents = new(null!);

    [Fact]
    public void Mutated_events_of_the_index_are_events_or_refused() => Fuzz.Run(40_000, random =>
    {
        var (manifest, bytes) = Seeds[random.Next(Seeds.Length)];
        var mutated = Fuzz.Mutate(random, bytes, Seeds[random.Next(Seeds.Length)].Bytes);
        if (random.Next(10) == 0) manifest = Manifests[random.Next(Manifests.Length)];
        Check(mutated, () => IndexEventCodec.Decode(manifest, mutated), again =>
        {
            Assert.Equal(manifest, IndexEventCodec.ManifestOf(again));
            var encoded = IndexEventCodec.Encode(again);
            Assert.Equal(encoded, IndexEventCodec.Encode(IndexEventCodec.Decode(manifest, encoded)));
        });
    });

    [Fact]
    public void Mutated_runs_of_segments_are_runs_or_refused() => Fuzz.Run(20_000, random =>
    {
        var run = SegmentCodec.Encode(IndexNode.Content(random.Next(100), random.Next(1, 30)).Segments.AsSpan());
        var mutated = Fuzz.Mutate(random, run, run);
        Check(mutated, () => SegmentCodec.Decode(mutated), segments =>
        {
            foreach (var segment in segments)
            {
                Assert.True(segment is { OffsetBytes: >= 0, LengthBytes: >= 0, Needle.DataBytes: >= 0 });
                Assert.True((long)segment.OffsetBytes + segment.LengthBytes <= segment.Needle.DataBytes);
                Assert.True(segment.Needle is { OffsetBytes: >= 0, DataStartBytes: >= 0, Volume.Value: >= 0 });
            }

            Assert.Equal(segments.AsEnumerable(), SegmentCodec.Decode(SegmentCodec.Encode(segments.AsSpan())));
        });
    });

    [Fact]
    public void Mutated_events_of_volumes_are_events_or_refused() => Fuzz.Run(20_000, random =>
    {
        IVolumeEvent[] events =
        [
            new VolumeCreated(new VolumeId(7), At), new VolumeQuarantined(new VolumeId(1), "gone"),
            new VolumeSealed(new VolumeId(300), 1 << 30, SealCause.WriteFailed, new NeedleId(5)),
        ];
        var original = events[random.Next(events.Length)];
        var manifest = _volumeEvents.Manifest(events[random.Next(events.Length)]);
        var mutated = Fuzz.Mutate(random, _volumeEvents.ToBinary(original), [1, 2, 3, 255, 255, 255]);
        Check(mutated, () => _volumeEvents.FromBinary(mutated, manifest), read =>
        {
            Assert.Equal(manifest, _volumeEvents.Manifest(read));
            Assert.Equal(read, _volumeEvents.FromBinary(_volumeEvents.ToBinary(read), manifest));
        });
    });

    private static void Check<T>(byte[] bytes, Func<T> decode, Action<T> check)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        T decoded;
        try
        {
            decoded = decode();
        }
        catch (SerializationException)
        {
            return;
        }

        Assert.InRange(
            GC.GetAllocatedBytesForCurrentThread() - before, 0, AllocatedAtMost + (bytes.Length * AllocatedPerByte));
        check(decoded);
    }
}
