using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;

namespace Ciaos.Specs.Index;

public class KeyFilterSpec
{
    private const int Bytes = 1024;
    private const int Capacity = Bytes * 8 / 10;

    private readonly KeyFilter _filter = new(Bytes);

    [Fact]
    public void Nothing_is_ruled_out_before_it_is_filled()
    {
        Assert.True(_filter.MayHold(Hash(1)));
        _filter.Begin([]);
        Assert.True(_filter.MayHold(Hash(1)));
        _filter.Complete();
        Assert.False(_filter.MayHold(Hash(1)));
    }

    [Fact]
    public void No_key_is_ruled_out_that_was_filled_in_or_added_at_any_time()
    {
        _filter.Begin([Name(1)]);
        for (var key = 2; key <= 500; key++) _filter.Fill(Hash(key));
        _filter.Add(Hash(501));
        _filter.Complete();
        _filter.Add(Hash(502));
        _filter.Begin([]);
        _filter.Add(Hash(503));
        Assert.All(Enumerable.Range(1, 503), key => Assert.True(_filter.MayHold(Hash(key))));
        _filter.Complete();
        Assert.True(_filter.MayHold(Hash(503)));
        Assert.False(_filter.MayHold(Hash(502)));
    }

    [Theory]
    [InlineData(1, 0.02)]
    [InlineData(2, 0.25)]
    public void Few_keys_are_taken_for_others(int timesCapacity, double share)
    {
        _filter.Begin([]);
        for (var key = 0; key < timesCapacity * Capacity; key++) _filter.Fill(Hash(key));
        _filter.Complete();
        var taken = Enumerable.Range(1_000_000, 10_000).Count(key => _filter.MayHold(Hash(key)));
        Assert.InRange(taken, 1, (int)(10_000 * share));
    }

    [Fact]
    public void It_is_worn_when_as_many_keys_have_come_as_it_is_made_for_or_had_at_first()
    {
        Assert.True(_filter.IsWorn);
        _filter.Begin([]);
        Assert.False(_filter.IsWorn);
        _filter.Complete();
        for (var key = 0; key < Capacity; key++) _filter.Add(Hash(key));
        Assert.False(_filter.IsWorn);
        for (var key = Capacity; !_filter.IsWorn; key++)
        {
            Assert.True(key < 2 * Capacity);
            _filter.Add(Hash(key));
        }

        _filter.Begin([]);
        for (var key = 0; key < 2 * Capacity; key++) _filter.Fill(Hash(key));
        _filter.Complete();
        Assert.False(_filter.IsWorn);
    }

    // The one adds, the other fills and completes: whichever comes between, what was added is never ruled out.
    [Fact]
    public async Task What_is_added_while_a_filling_ends_is_not_lost()
    {
        for (var round = 0; round < 200; round++)
        {
            _filter.Begin([]);
            var added = Hash(round);
            var adding = Task.Run(() => _filter.Add(added));
            _filter.Complete();
            await adding;
            Assert.True(_filter.MayHold(added));
        }
    }

    private static KeyName Name(int key) => new(new BucketId(7), ObjectKey.Create($"key-{key}"));

    private static uint Hash(int key) => KeySlot.HashOf(Name(key));
}
