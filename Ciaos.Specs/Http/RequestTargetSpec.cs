using System.Text;
using Ciaos.Http;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Http;

public sealed class RequestTargetSpec
{
    [Theory]
    [InlineData("/get/a?b=c", "/get/a", "b=c")]
    [InlineData("/get/a", "/get/a", "")]
    [InlineData("/get/../x//y/.", "/get/../x//y/.", "")]
    [InlineData("http://host:1/get/a?b", "/get/a", "b")]
    [InlineData("http://host", "/", "")]
    [InlineData("/get/http://host/x", "/get/http://host/x", "")]
    [InlineData("*", "*", "")]
    [InlineData("", "", "")]
    public void A_target_is_split_at_its_first_question_mark_and_not_touched_otherwise(
        string raw, string path, string query)
    {
        var target = RequestTarget.Parse(raw);

        Assert.Equal(path, target.Path.ToString());
        Assert.Equal(query, target.Query.ToString());
    }

    [Fact]
    public void Whatever_is_percent_encoded_comes_back() => Prop.ForAll<NonNull<string>>(text =>
    {
        // Lone surrogates are no text that could be sent.
        var sendable = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get));
        Assert.True(RequestTarget.TryDecode(Uri.EscapeDataString(sendable), out var decoded, out _));
        Assert.Equal(sendable, decoded);
    }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData("a+b", "a+b")]
    [InlineData("%2525", "%25")]
    [InlineData("%e2%82%AC", "€")]
    [InlineData("%00", "\0")]
    public void Decoding_happens_once(string encoded, string expected)
    {
        Assert.True(RequestTarget.TryDecode(encoded, out var decoded, out _));
        Assert.Equal(expected, decoded);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("a%2")]
    [InlineData("%2x")]
    [InlineData("%+1")]
    [InlineData("% 1")]
    [InlineData("%c3")]
    [InlineData("%c0%80")]
    [InlineData("%ed%a0%80")]
    [InlineData("%f4%90%80%80")]
    public void What_is_no_encoded_text_is_refused(string encoded)
    {
        Assert.False(RequestTarget.TryDecode(encoded, out _, out var error));
        Assert.NotEmpty(error);
    }
}
