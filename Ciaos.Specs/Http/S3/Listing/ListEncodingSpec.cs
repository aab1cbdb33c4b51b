using Ciaos.Http.S3;
using Ciaos.Http.S3.Listing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Http.S3.Listing;

public sealed class ListEncodingSpec
{
    [Theory]
    [InlineData("foo+1/bar", "foo%2B1/bar")]
    [InlineData("quux ab/thud", "quux%20ab/thud")]
    [InlineData("a-b_c.d~e*f", "a-b_c.d~e*f")]
    [InlineData("\n", "%0A")]
    [InlineData("ключ", "%D0%BA%D0%BB%D1%8E%D1%87")]
    [InlineData("100%", "100%25")]
    public void Keys_are_percent_encoded_but_for_the_slash(string key, string encoded) =>
        Assert.Equal(encoded, Of("encoding-type=url").Apply(key));

    [Theory]
    [InlineData("quux ab/\n", "quux ab/\n")]
    [InlineData("foo+1/", "foo%2B1/")]
    [InlineData("100%", "100%25")]
    [InlineData("\u0001 a", "%01%20a")]
    public void A_prefix_may_be_encoded_only_where_decoding_would_change_it(string prefix, string encoded)
    {
        Assert.Equal(encoded, Of("encoding-type=url").ApplyWhereNeeded(prefix));
        Assert.Equal(prefix, Of("").ApplyWhereNeeded(prefix));
    }

    [Fact]
    public void Without_it_keys_stand_as_they_are() => Assert.Equal("a b+\u0001", Of("").Apply("a b+\u0001"));

    [Fact]
    public void Decoding_gives_the_key_back() =>
        Prop.ForAll<NonNull<string>>(given =>
        {
            // Keys are well-formed Unicode.
            var key = new string([.. given.Get.Where(letter => !char.IsSurrogate(letter))]);
            Assert.Equal(key, Uri.UnescapeDataString(new ListEncoding(IsUrl: true).Apply(key)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Other_encodings_are_refused()
    {
        var refused = Assert.Throws<S3Exception>(() => Of("encoding-type=base64"));

        Assert.Same(S3Error.InvalidArgument, refused.Error);
    }

    private static ListEncoding Of(string query) => ListEncoding.Of(S3Query.Parse(query));
}
