using Ciaos.Actors.Feed;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Feed;

public sealed class FeedPositionSpec
{
    [Fact]
    public void Its_text_is_the_numbers_of_the_shards()
    {
        var position = new FeedPosition(4) { [0] = 12, [2] = 33, [3] = long.MaxValue };
        Assert.Equal("12-0-33-9223372036854775807", position.ToString());
    }

    [Fact]
    public void Any_position_comes_back_from_its_text() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue).Select(value => (long)value << (value % 32)).NonEmptyListOf()), numbers =>
        {
            var position = new FeedPosition(numbers.Count);
            for (var shard = 0; shard < numbers.Count; shard++) position[shard] = numbers[shard];
            return FeedPosition.TryParse(position.ToString(), numbers.Count, out var read)
                && read.Reaches(position) && position.Reaches(read)
                && !FeedPosition.TryParse(position.ToString(), numbers.Count + 1, out _);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1-2-3")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("1--2")]
    [InlineData("1-x")]
    [InlineData("1- 2")]
    [InlineData("1-+2")]
    [InlineData("1-9223372036854775808")]
    [InlineData("now")]
    public void Anything_else_is_refused(string text) => Assert.False(FeedPosition.TryParse(text, 2, out _));

    [Fact]
    public void One_reaches_another_if_no_shard_lacks_anything()
    {
        var (here, there) = (new FeedPosition(2) { [0] = 5 }, new FeedPosition(2) { [0] = 4 });
        Assert.True(here.Reaches(there) && here.Reaches(here) && !there.Reaches(here));
        there[1] = 1;
        Assert.False(here.Reaches(there) || there.Reaches(here));
    }
}
