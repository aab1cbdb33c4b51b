using Ciaos.Http.Listing;
using Xunit;

namespace Ciaos.Specs.Http.Listing;

public sealed class ListQuerySpec
{
    [Theory]
    [InlineData("", "", "", 1000)]
    [InlineData("prefix=a%2Fb&after=c+d&limit=7", "a/b", "c d", 7)]
    [InlineData("limit=1000&unknown=%zz", "", "", 1000)]
    [InlineData("prefix=a%2Bb=c", "a+b=c", "", 1000)]
    [InlineData("prefix&after=", "", "", 1000)]
    [InlineData("&&limit=1&", "", "", 1)]
    public void What_is_not_given_has_its_default(string query, string prefix, string after, int limit)
    {
        Assert.True(ListQuery.TryParse(query, out var parsed, out _));
        Assert.Equal(new ListQuery(prefix, after, limit), parsed);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=")]
    [InlineData("limit=-1")]
    [InlineData("limit= 5")]
    [InlineData("prefix=%")]
    [InlineData("after=%ff")]
    public void What_is_wrong_is_refused_with_a_reason(string query)
    {
        Assert.False(ListQuery.TryParse(query, out _, out var error));
        Assert.NotEmpty(error);
    }
}
