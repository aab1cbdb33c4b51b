using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;

namespace Ciaos.Specs.Index;

public class KeySlotSpec
{
    // Worked out with another implementation of CRC-32C. Stored data depends on these numbers: they never change.
    [Theory]
    [InlineData(1, "a", 3722)]
    [InlineData(2, "a", 675)]
    [InlineData(1, "photos/2026/cat.jpg", 3413)]
    [InlineData(1, "ключ", 3632)]
    [InlineData(7, "train/shard-000001.tar", 2931)]
    public void A_key_falls_into_the_slot_that_it_always_fell_into(long bucket, string key, int slot) =>
        Assert.Equal(slot, KeySlot.Of(new BucketId(bucket), ObjectKey.Create(key)));

    [Fact]
    public void The_longest_key_has_a_slot() =>
        Assert.Equal(
            1924, KeySlot.Of(new BucketId(long.MaxValue), ObjectKey.Create(new string('x', ObjectKey.MaxBytes))));

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(4096)]
    public void Every_shard_owns_as_many_neighbouring_slots(int shards)
    {
        var layout = new ShardLayout(shards);
        var owners = Enumerable.Range(0, KeySlot.Count).Select(layout.ShardOf).ToArray();
        Assert.Equal(owners.Order(), owners);
        Assert.All(owners.CountBy(owner => owner), owned => Assert.Equal(KeySlot.Count / shards, owned.Value));
        Assert.Equal(Enumerable.Range(0, shards), owners.Distinct());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-16)]
    [InlineData(12)]
    [InlineData(8192)]
    public void Only_powers_of_two_up_to_the_number_of_slots_are_allowed(int shards) =>
        Assert.False(ShardLayout.IsAllowed(shards));
}
