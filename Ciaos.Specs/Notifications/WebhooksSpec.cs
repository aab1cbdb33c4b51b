using System.Net;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Actors.Notifications;
using Xunit;

namespace Ciaos.Specs.Notifications;

public sealed class WebhooksSpec
{
    [Theory]
    [InlineData("", "http://a.test/", true)]
    [InlineData("", "https://127.0.0.1/", true)]
    [InlineData("", "http://169.254.169.254/", false)]
    [InlineData("", "http://0xA9FEA9FE/", false)]
    [InlineData("", "http://2852039166/", false)]
    [InlineData("", "http://[fe80::1]/", false)]
    [InlineData("", "http://[::ffff:169.254.169.254]/", false)]
    [InlineData("169.254.169.0/24", "http://169.254.169.254/", true)]
    [InlineData("a.test, *.b.test", "http://a.test./", true)]
    [InlineData("a.test, *.b.test", "http://A.TEST:81/x", true)]
    [InlineData("a.test, *.b.test", "http://c.b.test/", true)]
    [InlineData("a.test, *.b.test", "http://b.test/", false)]
    [InlineData("a.test, *.b.test", "http://x.a.test/", false)]
    [InlineData("a.test, *.b.test", "http://cb.test/", false)]
    [InlineData("a.test, *.b.test", "http://a.test.evil.test/", false)]
    [InlineData("a.test, *.b.test", "http://a.test@127.0.0.1/", false)]
    [InlineData("10.0.0.0/8,::1", "http://10.1.2.3/", true)]
    [InlineData("10.0.0.0/8,::1", "http://[::ffff:10.1.2.3]/", true)]
    [InlineData("10.0.0.0/8,::1", "http://[::1]/", true)]
    [InlineData("10.0.0.0/8,::1", "http://127.0.0.1/", false)]
    [InlineData("10.0.0.0/8,::1", "http://resolved.when.called/", true)]
    public void What_is_allowed_is_told_by_names_and_ranges(string allowed, string url, bool expected) =>
        Assert.Equal(expected, HostsOf(allowed).MayAllow(new Uri(url)));

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("*")]
    [InlineData("a.*.test")]
    [InlineData("http://a.test")]
    [InlineData("a.test:80")]
    public void What_is_no_host_is_refused_at_the_start(string allowed) => Assert.Equal(
        "ciaos.notifications.allowed-hosts", Assert.Throws<SettingsException>(() => HostsOf(allowed)).Key);

    [Theory]
    [InlineData("")]
    [InlineData("127.0.0.0/8")]
    [InlineData("*.test")]
    public async Task A_host_is_called_where_it_is_allowed(string allowed)
    {
        using var hook = new HookServer();
        using var webhooks = WebhooksAt(allowed, "169.254.169.254", "127.0.0.1");
        Assert.True(await webhooks.CallAsync(hook.Url("hook.test"), "{}"u8.ToArray(), CancellationToken.None));
        Assert.Equal("{}", await hook.TakenAsync());
    }

    [Theory]
    [InlineData("", "169.254.169.254")]
    [InlineData("", "fe80::1")]
    [InlineData("", "::ffff:169.254.169.254")]
    [InlineData("hook.test", "169.254.169.254")]
    [InlineData("10.0.0.0/8", "127.0.0.1")]
    [InlineData("other.test", "127.0.0.1")]
    public async Task A_host_that_turns_out_to_be_elsewhere_is_not_called(string allowed, string address)
    {
        using var hook = new HookServer();
        using var webhooks = WebhooksAt(allowed, address);
        var refused = await Assert.ThrowsAsync<WebhookRefusedException>(
            () => webhooks.CallAsync(hook.Url("hook.test"), "{}"u8.ToArray(), CancellationToken.None));
        Assert.Contains("hook.test", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, hook.Connections);
    }

    [Fact]
    public async Task An_address_is_checked_when_it_is_called()
    {
        using var hook = new HookServer();
        using var webhooks = new Webhooks(FollowerBench.Settings with { AllowedHosts = HostsOf("10.0.0.0/8") });
        await Assert.ThrowsAsync<WebhookRefusedException>(
            () => webhooks.CallAsync(hook.Url(), "{}"u8.ToArray(), CancellationToken.None));
        Assert.Equal(0, hook.Connections);
    }

    private static Webhooks WebhooksAt(string allowed, params string[] addresses) => new(
        FollowerBench.Settings with { AllowedHosts = HostsOf(allowed), CallTimeout = TimeSpan.FromSeconds(10) },
        (_, _) => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]));

    private static WebhookHosts HostsOf(string allowed) => WebhookHosts.From(
        new SettingsSection(
            ConfigurationFactory.ParseString($"ciaos.notifications.allowed-hosts = \"{allowed}\""),
            "ciaos.notifications"),
        "allowed-hosts");
}
