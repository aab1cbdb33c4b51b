using Ciaos.Actors.Index;
using Xunit;

namespace Ciaos.Specs.Index;

public class LruCacheSpec
{
    [Fact]
    public void The_least_recently_used_value_makes_room()
    {
        var cache = new LruCache<int, string>(2);
        cache.Set(1, "one");
        cache.Set(2, "two");
        Assert.True(cache.TryGet(1, out _));
        cache.Set(3, "three");
        Assert.False(cache.TryGet(2, out _));
        Assert.True(cache.TryGet(1, out var one));
        Assert.Equal("one", one);
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public void A_value_that_is_set_again_is_replaced_and_counts_as_used()
    {
        var cache = new LruCache<int, string?>(2);
        cache.Set(1, "one");
        cache.Set(2, "two");
        cache.Set(1, null);
        cache.Set(3, "three");
        Assert.True(cache.TryGet(1, out var one));
        Assert.Null(one);
        Assert.False(cache.TryGet(2, out _));
    }
}
