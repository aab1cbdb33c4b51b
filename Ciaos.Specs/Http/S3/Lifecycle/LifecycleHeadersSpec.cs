using Ciaos.Specs.Http.S3.Objects;
using Xunit;

namespace Ciaos.Specs.Http.S3.Lifecycle;

public sealed class LifecycleHeadersSpec
{
    private const string Header = "x-amz-expiration";

    [Fact]
    public async Task Of_several_rules_the_one_that_comes_first_is_told()
    {
        await using var bench = await ObjectBench.StartAsync();
        await SetAsync(
            bench, Rule("late", "<Days>9</Days>"), Rule("my rule", "<Days>3</Days>"),
            Rule("off", "<Days>1</Days>", isEnabled: false), Rule("other", "<Days>1</Days>", prefix: "other/"));
        var put = await bench.SendAsync("PUT", "/box/a", "bar");
        var got = await bench.SendAsync("GET", "/box/a");
        var head = await bench.SendAsync("HEAD", "/box/a");
        var modified = DateTimeOffset.Parse(
            got.Headers.LastModified!, System.Globalization.CultureInfo.InvariantCulture);
        var midnight = new DateTimeOffset(modified.UtcDateTime.Date.AddDays(4), TimeSpan.Zero);
        Assert.Equal($"expiry-date=\"{midnight:R}\", rule-id=\"my%20rule\"", put.Headers[Header]);
        Assert.Equal(put.Headers[Header], got.Headers[Header]);
        Assert.Equal(put.Headers[Header], head.Headers[Header]);
    }

    [Fact]
    public async Task Tags_decide_too_and_a_date_is_told_as_it_is()
    {
        await using var bench = await ObjectBench.StartAsync();
        await SetAsync(bench, Rule(
            "tagged", "<Date>2040-01-02T00:00:00Z</Date>", filter: "<Tag><Key>k</Key><Value>v</Value></Tag>"));
        var tagged = await bench.SendAsync("PUT", "/box/a", "bar", ("x-amz-tagging", "k=v"));
        var other = await bench.SendAsync("PUT", "/box/b", "bar", ("x-amz-tagging", "k=w"));
        Assert.Equal(
            "expiry-date=\"Mon, 02 Jan 2040 00:00:00 GMT\", rule-id=\"tagged\"", tagged.Headers[Header]);
        Assert.False(other.Headers.ContainsKey(Header));
        await bench.SendAsync("DELETE", "/box/a?tagging");
        Assert.False((await bench.SendAsync("HEAD", "/box/a")).Headers.ContainsKey(Header));
    }

    [Fact]
    public async Task An_older_version_is_told_nothing()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.VersionAsync();
        await SetAsync(bench, Rule("all", "<Days>3</Days>"));
        var first = await bench.SendAsync("PUT", "/box/a", "1");
        await bench.SendAsync("PUT", "/box/a", "2");
        var current = await bench.SendAsync("GET", "/box/a");
        var older = await bench.SendAsync("GET", $"/box/a?versionId={first.Version}");
        Assert.Equal(("2", "1"), (current.Text, older.Text));
        Assert.True(current.Headers.ContainsKey(Header));
        Assert.False(older.Headers.ContainsKey(Header));
    }

    private static string Rule(
        string id, string expiration, bool isEnabled = true, string prefix = "", string? filter = null) =>
        $"<Rule><ID>{id}</ID><Filter>{filter ?? $"<Prefix>{prefix}</Prefix>"}</Filter>"
        + $"<Status>{(isEnabled ? "Enabled" : "Disabled")}</Status><Expiration>{expiration}</Expiration></Rule>";

    private static async Task SetAsync(ObjectBench bench, params string[] rules)
    {
        var answer = await bench.SendAsync(
            "PUT", "/box?lifecycle", $"<LifecycleConfiguration>{string.Concat(rules)}</LifecycleConfiguration>");
        Assert.Equal((200, ""), (answer.Status, answer.Code));
    }
}
