using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Index;

public class EventNeedleSpec
{
    private static readonly EncodedEvent[] Example =
    [
        new(IndexEventCodec.DeletedManifest, Hex("01050a636174732f312e6a7067b097ddb2efeb9103b817")),
        new(IndexEventCodec.RenamedManifest, Hex("01050a636174732f312e6a7067b097ddb2efeb910303646f67")),
    ];

    [Fact]
    public void Stored_bytes_stay_what_they_were()
    {
        var golden = Golden("events");
        var data = Assert.Single(EventNeedle.Encode(3, 300, Example));
        Assert.Equal(Convert.ToHexStringLower(golden), Convert.ToHexStringLower(data));
        AssertSame(3, 300, Example, [golden]);
    }

    [Fact]
    public void A_stored_piece_stays_what_it_was()
    {
        var run = Assert.Single(EventNeedle.Decode(Golden("piece")));
        Assert.Equal((17L, 70_000L), (run.Stream, run.FirstSequence));
        Assert.Empty(run.Events);
        Assert.Equal(
            (IndexEventCodec.RenamedFromManifest, 1, 3), (run.Part!.Manifest, run.Part.Ordinal, run.Part.Count));
        Assert.Equal(Hex("c0ffee"), run.Part.Piece);
    }

    [Fact]
    public void The_page_on_formats_shows_the_golden_bytes() => Assert.Equal(Golden("events"), ExampleOnPage());

    [Theory]
    [InlineData(1, "object-put")]
    [InlineData(2, "object-appended")]
    [InlineData(3, "object-deleted")]
    [InlineData(4, "object-renamed")]
    [InlineData(5, "rename-started")]
    [InlineData(6, "object-renamed-from")]
    [InlineData(7, "object-renamed-to")]
    [InlineData(8, "rename-aborted")]
    [InlineData(9, "bucket-created")]
    [InlineData(10, "index-created")]
    [InlineData(11, "object-lost")]
    public void Each_kind_of_event_has_its_code_for_ever(byte code, string manifest)
    {
        var data = Assert.Single(EventNeedle.Encode(1, 1, [new EncodedEvent(manifest, [7])]));
        Assert.Equal([1, 1, 1, 1, code, 1, 7], data);
    }

    [Fact]
    public void Events_that_do_not_fit_into_one_needle_go_into_several_and_a_long_one_is_cut_into_pieces() =>
        Prop.ForAll(
            Arb.From(Gen.OneOf(Gen.Choose(0, 2000), Gen.Choose(0, 3 * EventNeedle.MaxDataBytes)).ArrayOf(12)),
            sizes =>
            {
                var events = sizes
                    .Select((size, i) => new EncodedEvent(
                        i % 2 == 0 ? IndexEventCodec.PutManifest : IndexEventCodec.DeletedManifest, Bytes(i, size)))
                    .ToArray();
                var needles = EventNeedle.Encode(4097 - 1, long.MaxValue - 100, events);
                Assert.All(needles, data => Assert.InRange(data.Length, 1, EventNeedle.MaxDataBytes));
                AssertSame(4096, long.MaxValue - 100, events, needles);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Whatever_bytes_there_are_they_are_read_or_refused() => Prop.ForAll(
        Arb.From(
            from data in Gen.Elements(Golden("events"), Golden("piece"))
            from at in Gen.Choose(0, data.Length - 1)
            from value in Gen.Choose(0, 255)
            from length in Gen.Choose(0, data.Length)
            select data.Select((old, i) => i == at ? (byte)value : old).Take(length).ToArray()),
        data =>
        {
            try
            {
                EventNeedle.Decode(data);
            }
            catch (SerializationException)
            {
                // Refused, in words.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("02030101040101", "a later version")]
    [InlineData("0103010100 0101", "code 0")]
    [InlineData("01030101 ff0101", "an unknown code")]
    [InlineData("01030001 040101", "an event without a number")]
    [InlineData("010301 00 0303 060101", "a piece behind the last")]
    [InlineData("01030101 040101 00", "bytes behind the end")]
    public void What_is_not_known_is_refused(string hex, string why)
    {
        Assert.NotEmpty(why);
        Assert.Throws<SerializationException>(() => EventNeedle.Decode(Hex(hex)));
    }

    [Fact]
    public void Runs_that_a_volume_has_put_together_are_read_one_after_the_other()
    {
        var runs = EventNeedle.Decode([.. Golden("events"), .. Golden("piece"), .. Golden("events")]);
        Assert.Equal([3L, 17, 3], runs.Select(run => run.Stream));
        Assert.Equal([2, 0, 2], runs.Select(run => run.Events.Length));
        Assert.NotNull(runs[1].Part);
        byte[] cut = [.. Golden("events"), .. Golden("piece")[..^1]];
        Assert.Throws<SerializationException>(() => EventNeedle.Decode(cut));
        Assert.Throws<SerializationException>(() => EventNeedle.Decode([]));
    }

    [Fact]
    public void An_event_needle_has_no_bucket_key_or_upload_and_little_overhead()
    {
        var needle = EventNeedle.Create(new NeedleId(1_700_000_000_000_001), [1, 2, 3, 4]);
        Assert.Equal((NeedleKind.Events, 0L, 0L), (needle.Kind, needle.Bucket.Value, needle.Object.Value));
        Assert.Null(NeedleFormat.Objection(needle));
        Assert.Equal(40, NeedleFormat.SizeBytes(needle));
    }

    private static void AssertSame(
        long stream, long first, IReadOnlyList<EncodedEvent> expected, IEnumerable<byte[]> needles)
    {
        var found = new List<EncodedEvent>();
        var pieces = new List<byte[]>();
        foreach (var run in needles.SelectMany(data => EventNeedle.Decode(data)))
        {
            Assert.Equal((stream, first + found.Count), (run.Stream, run.FirstSequence));
            found.AddRange(run.Events);
            if (run.Part is not { } part) continue;
            Assert.Equal(pieces.Count, part.Ordinal);
            pieces.Add(part.Piece);
            if (pieces.Count < part.Count) continue;
            found.Add(new EncodedEvent(part.Manifest, [.. pieces.SelectMany(piece => piece)]));
            pieces.Clear();
        }

        Assert.Equal(expected.Select(e => e.Manifest), found.Select(e => e.Manifest));
        Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First.Payload, pair.Second.Payload));
    }

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static byte[] Golden(string name) => Hex(
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "event-needles-v1.txt"))
            .Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..]);

    // Lines such as "0010: 01 02 …   what it is" behind the line "<!-- example: event needle -->".
    private static byte[] ExampleOnPage([CallerFilePath] string here = "") =>
        File.ReadLines(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "formats.md"))
            .SkipWhile(line => line != "<!-- example: event needle -->")
            .SkipWhile(line => !line.StartsWith("0000:", StringComparison.Ordinal))
            .TakeWhile(line => line != "```")
            .SelectMany(line => line.Split("   ")[0].Split(' ').Skip(1))
            .Select(text => byte.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToArray();
}
