using Ciaos.Http.S3.Post;
using Xunit;

namespace Ciaos.Specs.Http.S3.Post;

public sealed class PostAnswerSpec
{
    [Theory]
    [InlineData("200", 200)]
    [InlineData("201", 201)]
    [InlineData("204", 204)]
    [InlineData("", 204)]
    [InlineData("404", 204)]
    [InlineData("two hundred", 204)]
    public void There_are_three_answers_to_choose_from(string field, int status) =>
        Assert.Equal(status, PostAnswer.StatusOf(field));

    [Theory]
    [InlineData("http://host/page", "http://host/page?bucket=b&key=a%2Fb%20c&etag=%22tag%22")]
    [InlineData("http://host/page?x=1", "http://host/page?x=1&bucket=b&key=a%2Fb%20c&etag=%22tag%22")]
    [InlineData("http://host/page#end", "http://host/page?bucket=b&key=a%2Fb%20c&etag=%22tag%22#end")]
    public void The_page_is_told_what_was_stored(string page, string address) =>
        Assert.Equal(address, PostAnswer.Address(new Uri(page), "b", "a/b c", "tag"));
}
