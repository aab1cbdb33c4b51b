using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class ObjectLocksSpec
{
    private const string Near = "2100-01-01T00:00:00.000Z";
    private const string Far = "2100-01-03T00:00:00.000Z";

    private static readonly (string Name, string Value) Bypass = ("x-amz-bypass-governance-retention", "true");

    [Fact]
    public async Task A_retained_version_stays_until_somebody_may_bypass_it()
    {
        await using var bench = await LockedAsync();
        var version = (await bench.SendAsync("PUT", "/box/k", "x")).Version;

        Assert.Equal(
            (404, "NoSuchObjectLockConfiguration"), (await bench.SendAsync("GET", "/box/k?retention")).Outcome);
        Assert.Equal(200, (await RetainAsync(bench, "GOVERNANCE", Far)).Status);
        Assert.Equal([Far], (await bench.SendAsync("GET", "/box/k?retention")).All("RetainUntilDate"));
        Assert.Equal(ObjectAnswer.Denied, (await RetainAsync(bench, "GOVERNANCE", Near)).Outcome);
        Assert.Equal(200, (await RetainAsync(bench, "GOVERNANCE", Near, Bypass)).Status);
        Assert.Equal(ObjectAnswer.Denied, (await bench.SendAsync("DELETE", $"/box/k?versionId={version}")).Outcome);
        Assert.Equal(204, (await bench.SendAsync("DELETE", $"/box/k?versionId={version}", "", Bypass)).Status);
    }

    [Fact]
    public async Task Compliance_cannot_be_bypassed()
    {
        await using var bench = await LockedAsync();
        var put = await bench.SendAsync(
            "PUT", "/box/k", "x", ("x-amz-object-lock-mode", "COMPLIANCE"),
            ("x-amz-object-lock-retain-until-date", Near));

        Assert.Equal(ObjectAnswer.Denied, (await RetainAsync(bench, "GOVERNANCE", Far, Bypass)).Outcome);
        Assert.Equal(200, (await RetainAsync(bench, "COMPLIANCE", Far)).Status);
        Assert.Equal(
            ObjectAnswer.Denied,
            (await bench.SendAsync("DELETE", $"/box/k?versionId={put.Version}", "", Bypass)).Outcome);
        Assert.Equal("true", (await bench.SendAsync("DELETE", "/box/k")).Headers["x-amz-delete-marker"]);
    }

    [Fact]
    public async Task A_legal_hold_holds_until_it_is_taken_off()
    {
        await using var bench = await LockedAsync();
        var version = (await bench.SendAsync("PUT", "/box/k", "x", ("x-amz-object-lock-legal-hold", "ON"))).Version;

        Assert.Equal("ON", (await bench.SendAsync("HEAD", "/box/k")).Headers["x-amz-object-lock-legal-hold"]);
        Assert.Equal(
            ObjectAnswer.Denied, (await bench.SendAsync("DELETE", $"/box/k?versionId={version}", "", Bypass)).Outcome);
        await bench.SendAsync("PUT", "/box/k?legal-hold", "<LegalHold><Status>OFF</Status></LegalHold>");
        Assert.Equal(["OFF"], (await bench.SendAsync("GET", "/box/k?legal-hold")).All("Status"));
        Assert.Equal(204, (await bench.SendAsync("DELETE", $"/box/k?versionId={version}")).Status);
    }

    [Theory]
    [InlineData("governance", Near, "MalformedXML")]
    [InlineData("GOVERNANCE", "2020-01-01T00:00:00Z", "InvalidArgument")]
    public async Task A_retention_that_is_none_is_refused(string mode, string until, string code)
    {
        await using var bench = await LockedAsync();
        await bench.SendAsync("PUT", "/box/k", "x");

        Assert.Equal((400, code), (await RetainAsync(bench, mode, until)).Outcome);
    }

    [Fact]
    public async Task A_bucket_without_object_lock_locks_nothing()
    {
        await using var bench = await ObjectBench.StartAsync();
        await bench.SendAsync("PUT", "/box/k", "x");

        Assert.Equal((400, "InvalidRequest"), (await RetainAsync(bench, "GOVERNANCE", Near)).Outcome);
        Assert.Equal((400, "InvalidRequest"), (await bench.SendAsync("GET", "/box/k?legal-hold")).Outcome);
        Assert.Equal(
            (400, "InvalidRequest"),
            (await bench.SendAsync("PUT", "/box/k", "x", ("x-amz-object-lock-legal-hold", "ON"))).Outcome);
    }

    private static Task<ObjectBench> LockedAsync() =>
        ObjectBench.StartAsync(("x-amz-bucket-object-lock-enabled", "true"));

    private static Task<ObjectAnswer> RetainAsync(
        ObjectBench bench, string mode, string until, params (string Name, string Value)[] headers) => bench.SendAsync(
        "PUT", "/box/k?retention",
        $"<Retention><Mode>{mode}</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>",
        headers);
}
