using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Http;
using Xunit;

namespace Ciaos.Specs.Http;

public sealed class HttpSettingsSpec
{
    [Fact]
    public void The_defaults_are_those_of_the_reference()
    {
        var settings = HttpSettings.From(Reference());

        Assert.Equal("127.0.0.1:9710", $"{settings.Address}:{settings.Port}");
        Assert.Equal(1_000_000, settings.MaxFilesPerUpload);
        Assert.True(settings.MaxRequestLineBytes > 2 * 3 * 1024);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("192.168.1.1")]
    public void Listening_beyond_loopback_without_authentication_is_refused_and_says_why(string address)
    {
        var error = Assert.Throws<SettingsException>(() => HttpSettings.From(With($"address = \"{address}\"")));

        Assert.Equal("ciaos.http.address", error.Key);
        Assert.Contains("authentication is off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_authentication_any_address_may_be_listened_on()
    {
        var settings = HttpSettings.From(With("authentication = on, address = \"0.0.0.0\""));
        Assert.True(settings.IsAuthenticationOn);
        Assert.False(HttpSettings.From(Reference()).IsAuthenticationOn);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("::1")]
    [InlineData("localhost")]
    public void Loopback_has_many_names(string address) => HttpSettings.From(With($"address = \"{address}\""));

    [Theory]
    [InlineData("address = nowhere", "ciaos.http.address")]
    [InlineData("port = 65536", "ciaos.http.port")]
    [InlineData("max-connections = 0", "ciaos.http.max-connections")]
    [InlineData("keep-alive-timeout = soon", "ciaos.http.keep-alive-timeout")]
    [InlineData("max-request-line = 1KiB", "ciaos.http.max-request-line")]
    [InlineData("max-files-per-upload = 0", "ciaos.http.max-files-per-upload")]
    public void What_is_out_of_range_is_named(string setting, string key) =>
        Assert.Equal(key, Assert.Throws<SettingsException>(() => HttpSettings.From(With(setting))).Key);

    private static Config With(string setting) =>
        ConfigurationFactory.ParseString("ciaos.http { " + setting + " }").WithFallback(Reference());

    internal static Config Reference() => ReferenceConfig.Load();
}
