using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;
using static Ciaos.Specs.Index.SmallStates;

namespace Ciaos.Specs.Index;

public sealed class PackedStatesSpec
{
    private readonly PackedStates _states = new(PackedStates.MinCapacityBytes);

    [Fact]
    public void All_of_a_state_comes_back()
    {
        var metadata = ImmutableSortedDictionary<string, string>.Empty
            .Add("content-type", "text/plain").Add("etag", new string('a', 32)).Add("meta-ä", "Größe");
        var plain = State("a/b/ü", 7);
        ObjectState[] states =
        [
            plain,
            plain with { Record = plain.Record with { Metadata = metadata, ContentVersion = 3 } },
            plain with { Record = plain.Record with { Modified = At.AddDays(-400) }, Noncurrent = 3, NullSequence = 9 },
            plain with
            {
                Record = plain.Record with
                {
                    VersionId = new VersionId(12, new ObjectId(-5)), IsDeleteMarker = true, SegmentCount = 0,
                    SizeBytes = 0, FileCount = 0,
                },
                Inline = default,
            },
            plain with { Record = plain.Record with { Id = new ObjectId(long.MinValue), Version = long.MaxValue } },
        ];
        foreach (var state in states)
        {
            Assert.True(_states.TrySet(state.Name, state));
            Assert.True(_states.TryGet(state.Name, out var found));
            Assert.Equal(state.Record with { Metadata = found.Record.Metadata }, found.Record);
            Assert.Equal(state.Record.Metadata, found.Record.Metadata);
            Assert.Equal(state.Inline.ToArray(), found.Inline.ToArray());
            Assert.Equal(
                state with { Record = found.Record, Inline = found.Inline },
                found);
        }
    }

    [Fact]
    public void What_is_large_under_way_or_of_the_past_is_not_kept()
    {
        var state = State("a", 1);
        ObjectState[] states =
        [
            state with { Move = new PendingMove(3, ObjectKey.Create("z")) },
            state with { Record = state.Record with { SegmentCount = 2 } },
            state with { Record = state.Record with { IsCurrent = false, NoncurrentSince = At } },
            state with
            {
                Record = state.Record with
                {
                    Metadata = ImmutableSortedDictionary<string, string>.Empty.Add(
                        "meta-long", new string('x', PackedStates.MaxStateBytes)),
                },
            },
        ];
        foreach (var each in states)
        {
            Assert.False(_states.TrySet(each.Name, each));
            Assert.False(_states.TryGet(each.Name, out _));
        }
    }

    [Fact]
    public void A_state_that_cannot_be_kept_takes_the_one_before_with_it()
    {
        var state = State("a", 1);
        _states.TrySet(state.Name, state);
        _states.TrySet(state.Name, state with { Record = state.Record with { SegmentCount = 2 } });
        Assert.False(_states.TryGet(state.Name, out _));
    }

    [Fact]
    public void Against_a_dictionary_it_never_tells_anything_else_and_forgets_hardly_any_but_the_oldest()
    {
        var random = new Random(7);
        var model = new Dictionary<string, (ObjectState State, int At)>(StringComparer.Ordinal);
        var (young, lostYoung) = (0, 0);
        for (var step = 0; step < 50_000; step++)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"key/{random.Next(3_000)}");
            switch (random.Next(10))
            {
                case < 4:
                    var state = State(key, step);
                    _states.TrySet(state.Name, state);
                    model[key] = (state, step);
                    break;
                case 4:
                    _states.Remove(State(key, 0).Name);
                    model.Remove(key);
                    break;
                default:
                    var isKnown = _states.TryGet(State(key, 0).Name, out var found);
                    if (isKnown) Assert.Equal(model[key].State.Record.Version, found.Record.Version);
                    if (model.TryGetValue(key, out var last) && step - last.At < 1_000)
                        (young, lostYoung) = (young + 1, lostYoung + (isKnown ? 0 : 1));
                    break;
            }
        }

        // 400 of these are less than half of what there is room for: a few have found no slot.
        Assert.InRange(lostYoung, 0, young / 50);
    }

    [Fact]
    public void Keys_that_differ_in_bucket_or_end_are_different_ones()
    {
        var (a, ab) = (State("a", 1), State("ab", 2));
        var other = a with { Record = a.Record with { Bucket = new BucketId(a.Record.Bucket.Value + 1), Version = 3 } };
        foreach (var state in new[] { a, ab, other }) _states.TrySet(state.Name, state);
        foreach (var state in new[] { a, ab, other })
        {
            Assert.True(_states.TryGet(state.Name, out var found));
            Assert.Equal(state.Record.Version, found.Record.Version);
        }

        Assert.True(_states.Remove(a.Name));
        Assert.False(_states.Remove(a.Name));
        Assert.False(_states.TryGet(a.Name, out _));
        Assert.True(_states.TryGet(other.Name, out _));
    }
}
