using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Http;
using Ciaos.Http.Raw;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.Raw;

public sealed class ConditionsSpec
{
    private const string Before = "Sun, 22 Nov 2026 11:59:59 GMT";
    private const string Same = "Sun, 22 Nov 2026 12:00:00 GMT";

    private static readonly DateTimeOffset Modified = new(2026, 11, 22, 12, 0, 0, 700, TimeSpan.Zero);
    private static readonly IndexProtocol.ObjectRecord Found = new(
        new BucketId(1), ObjectKey.Create("key"), new ObjectId(0xabc), 0x1f, 5, 1, 1, Modified, Modified,
        ImmutableSortedDictionary<string, string>.Empty);

    private static readonly string Tag = $"\"{Found.ETag}\"";

    [Theory]
    [InlineData("If-Match", "TAG", Verdict.Proceed)]
    [InlineData("If-Match", "\"x\", TAG", Verdict.Proceed)]
    [InlineData("If-Match", "*", Verdict.Proceed)]
    [InlineData("If-Match", "\"x\"", Verdict.Failed)]
    [InlineData("If-Match", "W/TAG", Verdict.Failed)]
    [InlineData("If-None-Match", "TAG", Verdict.NotModified)]
    [InlineData("If-None-Match", "W/TAG", Verdict.NotModified)]
    [InlineData("If-None-Match", "*", Verdict.NotModified)]
    [InlineData("If-None-Match", "\"x\"", Verdict.Proceed)]
    [InlineData("If-Modified-Since", Before, Verdict.Proceed)]
    [InlineData("If-Modified-Since", Same, Verdict.NotModified)]
    [InlineData("If-Modified-Since", "whenever", Verdict.Proceed)]
    [InlineData("If-Unmodified-Since", Before, Verdict.Failed)]
    [InlineData("If-Unmodified-Since", Same, Verdict.Proceed)]
    public void A_read_is_judged_by_each_header(string name, string value, object verdict) =>
        Assert.Equal(verdict, Read((name, value)).JudgeRead(Found));

    [Fact]
    public void Tags_go_before_dates()
    {
        Assert.Equal(Verdict.Proceed, Read(("If-Match", Tag), ("If-Unmodified-Since", Before)).JudgeRead(Found));
        Assert.Equal(Verdict.Proceed, Read(("If-None-Match", "\"x\""), ("If-Modified-Since", Same)).JudgeRead(Found));
        Assert.Equal(Verdict.Failed, Read(("If-Match", "\"x\""), ("If-None-Match", Tag)).JudgeRead(Found));
    }

    [Theory]
    [InlineData("If-Match", "*", Verdict.Failed, Verdict.Proceed)]
    [InlineData("If-Match", "\"x\"", Verdict.Failed, Verdict.Failed)]
    [InlineData("If-None-Match", "*", Verdict.Proceed, Verdict.Failed)]
    [InlineData("If-None-Match", "\"x\"", Verdict.Proceed, Verdict.Proceed)]
    [InlineData("If-Unmodified-Since", Before, Verdict.Proceed, Verdict.Failed)]
    [InlineData("If-Unmodified-Since", Same, Verdict.Proceed, Verdict.Proceed)]
    public void A_write_is_judged_by_what_is_there(string name, string value, object missing, object found)
    {
        Assert.Equal(missing, Read((name, value)).JudgeWrite(null));
        Assert.Equal(found, Read((name, value)).JudgeWrite(Found));
    }

    [Fact]
    public void A_date_is_turned_into_the_tag_that_was_judged()
    {
        var precondition = Read(("If-Unmodified-Since", Same)).ForWrite(Found);

        Assert.Equal(Found.ETag, Assert.Single(precondition.MatchETags!.Value));
    }

    [Fact]
    public void No_header_is_no_condition()
    {
        Assert.True(Read().AreEmpty);
        Assert.Same(IndexProtocol.Precondition.None, Read().ForWrite(Found));
    }

    [Theory]
    [InlineData("If-Match", "abc")]
    [InlineData("If-None-Match", "\"open")]
    [InlineData("If-None-Match", "\"a\" \"b\"")]
    public void A_malformed_list_of_tags_is_refused(string name, string value) =>
        Assert.Throws<RequestRefusedException>(() => Read((name, value)));

    private static Conditions Read(params (string Name, string Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers) dictionary[name] = value.Replace("TAG", Tag, StringComparison.Ordinal);
        return Conditions.Read(dictionary);
    }
}
