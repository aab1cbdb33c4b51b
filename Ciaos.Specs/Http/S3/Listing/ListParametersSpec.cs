using Ciaos.Http.S3;
using Ciaos.Http.S3.Listing;
using Xunit;

namespace Ciaos.Specs.Http.S3.Listing;

public sealed class ListParametersSpec
{
    [Theory]
    [InlineData("", 1000)]
    [InlineData("max-keys=", 1000)]
    [InlineData("max-keys=0", 0)]
    [InlineData("max-keys=7", 7)]
    [InlineData("max-keys=1001", 1000)]
    [InlineData("max-keys=2147483647", 1000)]
    public void A_page_has_at_most_1000_entries(string query, int limit) =>
        Assert.Equal(limit, Read(query).Limit);

    [Theory]
    [InlineData("max-keys=blah")]
    [InlineData("max-keys=-1")]
    [InlineData("max-keys=1.5")]
    [InlineData("max-keys=2147483648")]
    public void Other_limits_are_refused(string query) =>
        Assert.Same(S3Error.InvalidArgument, Assert.Throws<S3Exception>(() => Read(query)).Error);

    [Fact]
    public void Prefix_and_delimiter_may_be_any_text()
    {
        var parameters = Read("prefix=%0A+%2B&delimiter=%C3%A9x");

        Assert.Equal("\n +", parameters.Prefix);
        Assert.Equal("éx", parameters.Delimiter);
    }

    private static ListParameters Read(string query) => ListParameters.Read(S3Query.Parse(query), "max-keys");
}
