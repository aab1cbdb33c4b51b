using System.Collections.Immutable;
using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class NeedlePutSpec
{
    private static readonly VolumeId Volume = new(300);
    private static readonly NeedleLocation Needle = new(Volume, 8192, 44, 1000);

    // An object of the needle, its files in any pieces of it, or empty.
    private static readonly Gen<ObjectPut> Puts =
        from micros in Gen.Choose(0, int.MaxValue)
        from age in Gen.Elements(0L, 1, 1_000_000)
        from before in Gen.Elements(-3L, 0, 1500)
        from name in Gen.Elements("", "content-type")
        from pieces in Gen.Choose(0, 1000).Two().Select(
            pair => (From: Math.Min(pair.Item1, pair.Item2), To: Math.Max(pair.Item1, pair.Item2))).ListOf()
        select Put(
            1_700_000_000_000_000 + micros, age, before,
            name.Length == 0
                ? ImmutableSortedDictionary<string, string>.Empty
                : ImmutableSortedDictionary<string, string>.Empty.Add(name, "x"),
            [
                new Segment(Needle, 0, pieces.Count == 0 ? 1000 : 1, StartsFile: true),
                .. pieces.Select(piece => piece.To == piece.From
                    ? new Segment(default, 0, 0, StartsFile: true)
                    : new Segment(Needle, piece.From, piece.To - piece.From, piece.From % 2 == 0)),
            ]);

    [Fact]
    public void Out_of_it_and_the_needles_head_come_the_journals_bytes() => Prop.ForAll(
        Arb.From(Puts),
        put =>
        {
            var read = NeedlePut.Decode(NeedlePut.From(put, Volume)!.Encode());
            Assert.Equal((Volume, 8192L), (read.Volume, read.OffsetBytes));
            var head = new NeedleHead(put.Bucket, put.Key, put.Id, Needle);
            Assert.Equal(IndexEventCodec.Encode(put), IndexEventCodec.Encode(read.With(head)));
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Stored_bytes_stay_what_they_were()
    {
        var put = Put(1_767_323_045_678_000, 0, 1500, ImmutableSortedDictionary<string, string>.Empty, [Whole]);
        Assert.Equal("ac028008b817000000", Convert.ToHexStringLower(NeedlePut.From(put, Volume)!.Encode()));
    }

    [Fact]
    public void What_lies_elsewhere_or_has_a_token_is_told_whole()
    {
        var none = ImmutableSortedDictionary<string, string>.Empty;
        var other = Whole with { Needle = Needle with { OffsetBytes = 16_384 } };
        var empty = new Segment(default, 0, 0, StartsFile: true);
        Assert.NotNull(NeedlePut.From(Put(1, 0, 0, none, [Whole]), Volume));
        Assert.Null(NeedlePut.From(Put(1, 0, 0, none, [Whole]), new VolumeId(301)));
        Assert.Null(NeedlePut.From(Put(1, 0, 0, none, [Whole, other]), Volume));
        Assert.Null(NeedlePut.From(Put(1, 0, 0, none, [empty]), Volume));
        var stamp = new IdempotencyStamp(new IdempotencyToken("token", 1, 2), WriteOperation.Create);
        Assert.Null(NeedlePut.From(Put(1, 0, 0, none, [Whole]) with { Stamp = stamp }, Volume));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ac0280")]
    [InlineData("ac028008b81700000000")]
    [InlineData("ac02ffffffffffffffff7fb817000000")]
    public void Other_bytes_are_refused(string hex) =>
        Assert.Throws<SerializationException>(() => NeedlePut.Decode(Convert.FromHexString(hex)));

    [Theory]
    [InlineData(0, 0, 999)]
    [InlineData(-1_700_000_000_000_001, 0, 1000)]
    [InlineData(0, 1_700_000_000_000_001, 1000)]
    public void A_needle_that_cannot_be_meant_is_refused(long before, long age, int dataBytes)
    {
        var part = new Segment(new NeedleLocation(default, 0, 0, 1000), 0, 10, StartsFile: true);
        var put = new NeedlePut(
            Volume, 8192, before, age, ImmutableSortedDictionary<string, string>.Empty, [part]);
        var head = new NeedleHead(
            new BucketId(5), ObjectKey.Create("key"), new ObjectId(1_700_000_000_000_000),
            Needle with { DataBytes = dataBytes });
        Assert.Throws<SerializationException>(() => put.With(head));
    }

    [Fact]
    public async Task What_lies_in_the_volume_of_the_writer_is_recorded_by_its_needle()
    {
        await using var node = await IndexNode.StartAsync();
        node.Writer = IndexNode.Stored;
        while (node.SentDirectly == 0) await node.Put(IndexNode.KeyOf(3, Guid.NewGuid().ToString("N")), id: 7);
        await node.Put(IndexNode.KeyOf(3, "here"), id: 8);
        var last = Assert.Single(node.Runs.Last().Events);
        Assert.Equal(EventNeedle.NeedlePutManifest, last.Manifest);
        Assert.Equal(4096 + (8 * 1024), NeedlePut.Decode(last.Payload).OffsetBytes);
    }

    [Fact]
    public async Task What_its_writer_has_handed_on_to_another_volume_is_recorded_there_once_more_and_whole()
    {
        await using var node = await IndexNode.StartAsync();
        node.Writer = IndexNode.Stored;
        while (node.SentDirectly == 0) await node.Put(IndexNode.KeyOf(3, Guid.NewGuid().ToString("N")), id: 7);
        node.Writer = needle => new VolumeProtocol.Appended(
            needle.Id, new NeedleLocation(new VolumeId(2), 4096, 80, 0));
        var before = node.Runs.Count();
        await node.Put(IndexNode.KeyOf(3, "here"), id: 8);
        var runs = node.Runs.Skip(before).ToList();
        Assert.Equal(
            [EventNeedle.NeedlePutManifest, IndexEventCodec.PutManifest],
            runs.Select(run => Assert.Single(run.Events).Manifest));
        Assert.Equal(runs[0].FirstSequence, runs[1].FirstSequence);
    }

    private static Segment Whole => new(Needle, 0, Needle.DataBytes, StartsFile: true);

    private static ObjectPut Put(
        long micros, long age, long before, ImmutableSortedDictionary<string, string> metadata,
        ImmutableArray<Segment> segments)
    {
        Assert.True(Micros.TryTime(micros, out var at));
        Assert.True(Micros.TryTime(micros - age, out var created));
        return new ObjectPut(
            new BucketId(5), ObjectKey.Create("cats/1.jpg"), at, created, new ObjectId(micros - before), metadata,
            segments);
    }
}
