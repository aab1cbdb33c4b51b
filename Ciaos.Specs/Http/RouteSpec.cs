using Ciaos.Http;
using Xunit;

namespace Ciaos.Specs.Http;

public sealed class RouteSpec
{
    [Theory]
    [InlineData("/put/k", RouteName.Put, "k")]
    [InlineData("/get//k/", RouteName.Get, "/k/")]
    [InlineData("/append/a?b", RouteName.Append, "a?b")]
    [InlineData("/update/", RouteName.Update, "")]
    [InlineData("/update_key/a/b", RouteName.UpdateKey, "a/b")]
    [InlineData("/delete/put/k", RouteName.Delete, "put/k")]
    [InlineData("/raw/a?b", RouteName.Raw, "a")]
    [InlineData("/stat/a?b", RouteName.Stat, "a")]
    [InlineData("/list?prefix=a", RouteName.List, "")]
    [InlineData("/health/live", RouteName.Live, "")]
    [InlineData("/health/ready?x", RouteName.Ready, "")]
    public void Every_route_is_found_with_its_key(string raw, object name, string expectedKey)
    {
        Assert.True(Route.TryFind(RequestTarget.Parse(raw), out var route, out var key));
        Assert.Equal(name, route.Name);
        Assert.Equal(expectedKey, key.ToString());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/put")]
    [InlineData("/Put/k")]
    [InlineData("/lists")]
    [InlineData("/list/")]
    [InlineData("/health")]
    [InlineData("*")]
    [InlineData("")]
    public void Nothing_else_is_a_route(string raw) =>
        Assert.False(Route.TryFind(RequestTarget.Parse(raw), out _, out _));

    [Theory]
    [InlineData("a/b", "a", "b")]
    [InlineData("a%2Fb/c%2fd", "a/b", "c/d")]
    public void Two_keys_are_told_apart_by_the_one_slash_that_is_not_encoded(string encoded, string from, string to)
    {
        Assert.True(ObjectKeys.TryParsePair(encoded, out var first, out var second, out _));
        Assert.Equal((from, to), (first.Value, second.Value));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a/b/c")]
    [InlineData("a//b")]
    [InlineData("/b")]
    [InlineData("a/")]
    [InlineData("a/%")]
    public void A_rename_that_is_not_clear_is_refused(string encoded)
    {
        Assert.False(ObjectKeys.TryParsePair(encoded, out _, out _, out var error));
        Assert.NotEmpty(error);
    }
}
