using Ciaos.Http.Raw;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Objects;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class S3ConditionsSpec
{
    private const string Past = "Sat, 29 Oct 1994 19:43:31 GMT";
    private const string Future = "Fri, 29 Oct 2100 19:43:31 GMT";

    [Theory]
    [InlineData("If-Match", "tag", 200)]
    [InlineData("If-Match", "\"tag\"", 200)]
    [InlineData("If-Match", "other, W/\"tag\"", 200)]
    [InlineData("If-Match", "*", 200)]
    [InlineData("If-Match", "\"ABC", 412)]
    [InlineData("If-None-Match", "\"tag\"", 304)]
    [InlineData("If-None-Match", "*", 304)]
    [InlineData("If-None-Match", "ABC", 200)]
    [InlineData("If-Modified-Since", Past, 200)]
    [InlineData("If-Modified-Since", Future, 304)]
    [InlineData("If-Modified-Since", "Sun, 22 Nov 2026 12:00:00 GMT", 304)]
    [InlineData("If-Unmodified-Since", Past, 412)]
    [InlineData("If-Unmodified-Since", "Sun, 22 Nov 2026 12:00:00 GMT", 200)]
    [InlineData("If-Unmodified-Since", "yesterday", 200)]
    public void A_read_is_judged_by_each_condition(string name, string value, int status) =>
        Assert.Equal(status, StatusOfRead((name, value)));

    [Fact]
    public void Tags_count_more_than_dates()
    {
        Assert.Equal(200, StatusOfRead(("If-Match", "tag"), ("If-Unmodified-Since", Past)));
        Assert.Equal(304, StatusOfRead(("If-None-Match", "tag"), ("If-Modified-Since", Past)));
        Assert.Equal(304, StatusOfRead(("If-Match", "tag"), ("If-None-Match", "tag")));
        Assert.Equal(200, StatusOfRead(("If-None-Match", "no"), ("If-Modified-Since", Future)));
    }

    [Theory]
    [InlineData("If-Match", "tag", true, 200)]
    [InlineData("If-Match", "bad", true, 412)]
    [InlineData("If-Match", "*", false, 404)]
    [InlineData("If-Match", "bad", false, 404)]
    [InlineData("If-None-Match", "*", true, 412)]
    [InlineData("If-None-Match", "tag", true, 412)]
    [InlineData("If-None-Match", "bad", true, 200)]
    [InlineData("If-None-Match", "*", false, 200)]
    public void A_write_is_judged_by_what_is_there(string name, string value, bool exists, int status)
    {
        var conditions = S3Conditions.ReadOfWrite(Headers((name, value)));
        var now = exists ? Records.Of(1, ("etag", "tag")) : null;

        Assert.Equal(status, StatusOf(() => S3Conditions.CheckWrite(conditions, now)));
    }

    [Fact]
    public void A_write_knows_no_dates_and_not_both_kinds_of_tags()
    {
        Assert.True(S3Conditions.ReadOfWrite(Headers(("If-Unmodified-Since", Past))).AreEmpty);
        Assert.Equal(
            501, StatusOf(() => S3Conditions.ReadOfWrite(Headers(("If-Match", "a"), ("If-None-Match", "*")))));
    }

    [Fact]
    public void The_source_of_a_copy_has_conditions_of_its_own()
    {
        var headers = Headers(("x-amz-copy-source-If-Match", "tag"), ("If-Match", "other"));

        Assert.Equal(Verdict.Proceed, S3Conditions.ReadOfSource(headers).JudgeRead(Records.Of(1, ("etag", "tag"))));
        Assert.Equal(Verdict.Failed, S3Conditions.Read(headers).JudgeRead(Records.Of(1, ("etag", "tag"))));
    }

    private static int StatusOfRead(params (string Name, string Value)[] headers) => StatusOf(
        () => S3Conditions.CheckRead(S3Conditions.Read(Headers(headers)), Records.Of(1, ("etag", "tag"))));

    private static int StatusOf(Action action)
    {
        try
        {
            action();
            return 200;
        }
        catch (S3Exception refused)
        {
            return refused.Error.Status;
        }
    }

    private static HeaderDictionary Headers(params (string Name, string Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers) dictionary[name] = value;
        return dictionary;
    }
}
