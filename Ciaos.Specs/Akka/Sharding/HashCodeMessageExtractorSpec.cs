using Akka.Cluster.Sharding;
using Xunit;

namespace Ciaos.Specs.Akka.Sharding;

public sealed class HashCodeMessageExtractorSpec
{
    private static IMessageExtractor Extractor(int shards) =>
        HashCodeMessageExtractor.Create(shards, m => (m as For)?.Entity, m => ((For)m).Message);

    [Fact]
    public void It_unpacks_the_message()
    {
        var extractor = Extractor(10);
        Assert.Equal("a", extractor.EntityId(new For("a", 1)));
        Assert.Equal(1, extractor.EntityMessage(new For("a", 1)));
        Assert.Null(extractor.EntityId("for nobody"));
        Assert.Equal("as it is", HashCodeMessageExtractor.Create(1, m => "a").EntityMessage("as it is"));
    }

    [Fact]
    public void An_entity_is_always_in_the_same_shard()
    {
        var hint = new For("a", 1);
        Assert.Equal(Extractor(100).ShardId("a"), Extractor(100).ShardId("a", hint));
    }

    [Fact]
    public void Entities_are_spread_over_all_shards()
    {
        var counts = Enumerable.Range(0, 10_000).CountBy(i => Extractor(16).ShardId($"entity-{i}")).ToList();
        Assert.Equal(16, counts.Count);
        Assert.All(counts, c => Assert.InRange(c.Value, 500, 750));
        Assert.All(counts, c => Assert.InRange(int.Parse(c.Key, null), 0, 15));
    }
}
