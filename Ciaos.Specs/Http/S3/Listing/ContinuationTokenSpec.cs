using Ciaos.Http.S3;
using Ciaos.Http.S3.Listing;
using Xunit;

namespace Ciaos.Specs.Http.S3.Listing;

public sealed class ContinuationTokenSpec
{
    [Theory]
    [InlineData("a")]
    [InlineData("photos/2026/")]
    [InlineData("ключ +&=\u0001")]
    public void What_was_written_is_read(string last) =>
        Assert.Equal(last, ContinuationToken.Read(ContinuationToken.Write(last)));

    [Fact]
    public void It_needs_no_escaping_in_an_address()
    {
        var token = ContinuationToken.Write(new string('\u00ff', 100));

        Assert.Equal(token, Uri.EscapeDataString(token));
    }

    [Fact]
    public void One_that_was_altered_anywhere_is_refused()
    {
        var token = ContinuationToken.Write("photos/2026/");
        for (var at = 0; at < token.Length; at++)
        {
            var other = token[at] == 'A' ? 'B' : 'A';
            AssertRefused(token[..at] + other + token[(at + 1)..]);
        }
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAA")]
    [InlineData("photos/2026/cat.jpg")]
    [InlineData("%%%")]
    public void Anything_else_is_refused(string token) => AssertRefused(token);

    private static void AssertRefused(string token) =>
        Assert.Same(S3Error.InvalidArgument, Assert.Throws<S3Exception>(() => ContinuationToken.Read(token)).Error);
}
