using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;
using static Ciaos.Specs.Index.SmallStates;

namespace Ciaos.Specs.Index;

public class ShardCacheSpec
{
    private readonly ShardCache _cache = new(4);

    [Fact]
    public void Readers_get_the_record_with_all_its_segments()
    {
        var state = State("a", version: 7);
        _cache.Set(state.Name, state);
        var found = Assert.IsType<Found>(Find(state.Name, forReading: true));
        Assert.Equal((state.Record, null), (found.Object, found.Ticket));
        Assert.Equal<Segment>(state.ReadInline(), found.Segments);
        Assert.Same(state.Record, Assert.IsType<Found>(Find(state.Name, forReading: false)).Object);
    }

    [Fact]
    public void Readers_are_told_what_is_known_not_to_be_there()
    {
        var marker = State("b") with { Inline = default };
        marker = marker with { Record = marker.Record with { IsDeleteMarker = true, SegmentCount = 0 } };
        _cache.Set(Name("a"), null);
        _cache.Set(marker.Name, marker);
        Assert.Null(Assert.IsType<KeyNotFound>(Find(Name("a"), forReading: true)).Marker);
        Assert.Same(marker.Record, Assert.IsType<KeyNotFound>(Find(marker.Name, forReading: false)).Marker);
    }

    [Fact]
    public void What_only_the_shard_can_answer_it_is_asked_for()
    {
        var (moving, large) = (State("a") with { Move = new PendingMove(3, Name("z").Key) }, State("b"));
        large = large with { Record = large.Record with { SegmentCount = 2 } };
        _cache.Set(moving.Name, moving);
        _cache.Set(large.Name, large);
        Assert.Null(Find(moving.Name, forReading: false));
        Assert.Null(Find(large.Name, forReading: true));
        Assert.Same(large.Record, Assert.IsType<Found>(Find(large.Name, forReading: false)).Object);
        Assert.Null(Find(Name("c"), forReading: false));
    }

    [Fact]
    public void It_never_knows_more_keys_than_it_may_and_keeps_those_that_are_used()
    {
        _cache.Set(Name("hot"), State("hot"));
        for (var i = 0; i < 1000; i++)
        {
            Assert.NotNull(Find(Name("hot"), forReading: true));
            _cache.Set(Cold(i), null);
            Assert.InRange(_cache.Count, 1, 4);
        }

        Assert.Equal(3, Enumerable.Range(0, 1000).Count(i => _cache.TryGet(Cold(i), out _)));

        static KeyName Cold(int i) => Name(string.Create(CultureInfo.InvariantCulture, $"cold{i}"));
    }

    [Fact]
    public void A_key_that_is_only_read_gets_a_place_of_others_when_it_is_read_again()
    {
        for (var i = 0; i < 3; i++) _cache.Set(Name($"written{i}"), null);
        Assert.True(IsKnownAfterRead("first"), "there was a place");
        for (var i = 0; i < 1000; i++) Assert.False(IsKnownAfterRead($"once{i}"));
        Assert.Equal(3, Enumerable.Range(0, 3).Count(i => _cache.TryGet(Name($"written{i}"), out _)));

        Assert.False(IsKnownAfterRead("twice"));
        Assert.True(IsKnownAfterRead("twice"));
        Assert.Equal(4, _cache.Count);

        bool IsKnownAfterRead(string key)
        {
            var before = new UnsettledKeys().LookAt(KeySlot.HashOf(Name(key)));
            var reply = _cache.TryRemember(Name(key), State(key), forReading: true, before);
            Assert.Equal(key, Assert.IsType<Found>(reply).Object.Key.Value);
            return _cache.TryGet(Name(key), out _);
        }
    }

    [Fact]
    public void What_is_changed_while_it_is_read_is_not_answered_whether_there_is_a_place_or_not()
    {
        for (var i = 0; i < 5; i++)
        {
            var unsettled = new UnsettledKeys();
            var before = unsettled.LookAt(KeySlot.HashOf(Name("a")));
            unsettled.Add(UnsettledKeys.PlaceOf(KeySlot.HashOf(Name("a"))));
            Assert.Null(_cache.TryRemember(Name("a"), State("a"), forReading: true, before));
            Assert.False(_cache.TryGet(Name("a"), out _));
            _cache.Set(Name($"other{i}"), null);
        }
    }

    // Such as the other key of a rename within the shard; with one place, one of the keys is packed.
    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    public void Whoever_sees_one_change_of_a_batch_misses_none_of_it(int places)
    {
        var seen = new List<(long? A, long? B)>();
        var cache = new ShardCache(places, PackedStates.MinCapacityBytes);
        cache.SetAll([new(Name("a"), State("a", version: 1)), new(Name("b"), State("b", version: 1))]);
        cache.SetAll(Looking([new(Name("a"), State("a", version: 2)), new(Name("b"), State("b", version: 2))]));
        Look();

        Assert.Contains((1, 1), seen);
        Assert.Contains((2, null), seen);
        Assert.Contains((2, 2), seen);
        Assert.DoesNotContain(seen, look => look is (1, 2) or (2, 1));

        void Look() => seen.Add((VersionOf("a"), VersionOf("b")));

        long? VersionOf(string key) => VersionIn(cache, key);

        IEnumerable<KeyValuePair<KeyName, ObjectState?>> Looking(KeyValuePair<KeyName, ObjectState?>[] states)
        {
            foreach (var state in states)
            {
                Look();
                yield return state;
            }
        }
    }

    [Fact]
    public void What_is_written_or_has_no_place_is_found_packed()
    {
        var cache = new ShardCache(4, PackedStates.MinCapacityBytes);
        for (var i = 0; i < 100; i++) cache.Set(Name($"k{i}"), State($"k{i}", version: i + 1));
        Assert.Equal(0, cache.Count);
        for (var i = 0; i < 100; i++)
        {
            Assert.True(cache.TryFind(Name($"k{i}"), forReading: true, out var reply));
            var found = Assert.IsType<Found>(reply);
            Assert.Equal((i + 1, 1), (found.Object.Version, found.Segments.Length));
            Assert.True(cache.TryGet(Name($"k{i}"), out var state));
            Assert.Equal(i + 1, state!.Record.Version);
            Assert.Equal(Math.Min(i + 1, 4), cache.Count);
        }

        var (unread, before) = (Name("read"), new UnsettledKeys().LookAt(KeySlot.HashOf(Name("read"))));
        Assert.IsType<Found>(cache.TryRemember(unread, State("read"), forReading: true, before));
        Assert.True(cache.TryFind(unread, forReading: true, out _));
        Assert.Equal(4, cache.Count);
    }

    [Fact]
    public void What_is_written_takes_a_place_where_it_cannot_be_packed()
    {
        var cache = new ShardCache(4, PackedStates.MinCapacityBytes);
        var moving = State("a") with { Move = new PendingMove(3, Name("z").Key) };
        cache.Set(moving.Name, State("a"));
        cache.Set(moving.Name, moving);
        Assert.True(cache.TryGet(moving.Name, out var state));
        Assert.Same(moving, state);
        cache.Set(moving.Name, State("a", version: 9));
        Assert.True(cache.TryGet(moving.Name, out state));
        Assert.Equal((9, 1), (state!.Record.Version, cache.Count));
    }

    [Fact]
    public void What_was_packed_is_never_shown_once_it_has_changed()
    {
        var cache = new ShardCache(2, PackedStates.MinCapacityBytes);
        for (var round = 1; round < 50; round++)
        {
            for (var i = 0; i < 10; i++) cache.Set(Name($"k{i}"), State($"k{i}", round));
            cache.Set(Name("k3"), null);
            cache.Set(Name("k4"), State("k4") with { Move = new PendingMove(3, Name("z").Key) });
            for (var i = 0; i < 10; i++)
            {
                var isKnown = cache.TryGet(Name($"k{i}"), out var state);
                if (i is 3 or 4) Assert.True(!isKnown || state?.Move is not null || state is null);
                else Assert.Equal((true, round), (isKnown, state!.Record.Version));
            }
        }
    }

    // Two keys change together, again and again, while they go from records to packed and back.
    [Fact]
    public async Task Readers_on_other_threads_never_see_the_past_behind_what_they_have_seen()
    {
        const int Pairs = 6, Rounds = 20_000;
        var cache = new ShardCache(3, PackedStates.MinCapacityBytes);
        using var written = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Run(() => ReadUntil(seed))).ToList();
        for (var version = 1; version <= Rounds; version++)
        {
            for (var pair = 0; pair < Pairs; pair++)
                cache.SetAll([
                    new(Name($"a{pair}"), State($"a{pair}", version)),
                    new(Name($"b{pair}"), State($"b{pair}", version)),
                ]);
        }

        await written.CancelAsync();
        var seen = await Task.WhenAll(readers);
        Assert.All(seen, count => Assert.InRange(count, 1, long.MaxValue));

        long ReadUntil(int seed)
        {
            var (random, seenPairs, last) = (new Random(seed), 0L, new long[Pairs]);
            while (!written.IsCancellationRequested || seenPairs == 0)
            {
                var pair = random.Next(Pairs);
                if (VersionOf($"a{pair}") is not { } first || VersionOf($"b{pair}") is not { } second) continue;
                Assert.InRange(first, last[pair], Rounds);
                Assert.InRange(second, first, Rounds);
                (last[pair], seenPairs) = (second, seenPairs + 1);
            }

            return seenPairs;
        }

        long? VersionOf(string key) => VersionIn(cache, key);
    }

    private IReply? Find(KeyName name, bool forReading) =>
        _cache.TryFind(name, forReading, out var reply) ? reply : null;

    private static long? VersionIn(ShardCache cache, string key) =>
        cache.TryFind(Name(key), forReading: true, out var reply) ? (reply as Found)?.Object.Version : null;

    private static KeyName Name(string key) => new(IndexNode.Bucket, ObjectKey.Create(key));
}
