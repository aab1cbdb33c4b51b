using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Documents;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Http.S3.Documents;

public sealed class TagSetSpec
{
    [Fact]
    public void Tags_come_back_in_the_order_in_which_they_were_sent()
    {
        var tags = Xml.AssertRoundTrip<TagSet>(
            "<TagSet><Tag><Key>b</Key><Value>1</Value></Tag><Tag><Key>a</Key><Value /></Tag></TagSet>");
        Assert.Equal([new Tag("b", "1"), new Tag("a", "")], tags.Tags.ToArray());
        Assert.Empty(Xml.Parse<TagSet>("<TagSet/>").Tags);
    }

    [Fact]
    public void An_object_has_ten_tags_and_a_bucket_fifty()
    {
        static byte[] Document(int count) => Encoding.UTF8.GetBytes($"<Tagging>{Set(count)}</Tagging>");
        Assert.Equal(10, TagSet.ParseOfObject(Document(10)).Tags.Length);
        Assert.Equal("InvalidTag", Assert.Throws<S3Exception>(() => TagSet.ParseOfObject(Document(11))).Error.Code);
        Assert.Equal(50, Xml.Parse<TagSet>(Set(50)).Tags.Length);
        Assert.Equal("BadRequest", Xml.RefusalCode<TagSet>(Set(51)));
    }

    [Fact]
    public void Keys_and_values_have_limits()
    {
        Assert.Single(Xml.Parse<TagSet>(One(new string('k', 128), new string('v', 256))).Tags);
        Assert.Equal("InvalidTag", Xml.RefusalCode<TagSet>(One(new string('k', 129), "")));
        Assert.Equal("InvalidTag", Xml.RefusalCode<TagSet>(One("k", new string('v', 257))));
        Assert.Equal("InvalidTag", Xml.RefusalCode<TagSet>(One("", "v")));
        Assert.Equal("InvalidTag", Xml.RefusalCode<TagSet>(One("aws:k", "v")));
        Assert.Equal("InvalidTag", Xml.RefusalCode<TagSet>(One("k", "a*b")));
        Assert.Equal("InvalidTag", Xml.RefusalCode<TagSet>(
            "<TagSet><Tag><Key>k</Key><Value>1</Value></Tag><Tag><Key>k</Key><Value>2</Value></Tag></TagSet>"));
        Assert.Equal("MalformedXML", Xml.RefusalCode<TagSet>("<TagSet><Tag><Key>k</Key></Tag></TagSet>"));
        Assert.Equal("MalformedXML", Xml.RefusalCode<TagSet>(""));
    }

    [Fact]
    public void The_header_is_a_query_and_is_sorted()
    {
        Assert.Equal([new Tag("bar", ""), new Tag("foo", "bar")], TagSet.ParseHeader("foo=bar&bar").Tags.ToArray());
        Assert.Equal([new Tag("a b", "ä=")], TagSet.ParseHeader("a+b=%C3%A4%3D").Tags.ToArray());
        Assert.Empty(TagSet.ParseHeader("").Tags);
        foreach (var header in new[] { "a=1&a=2", "a=1=2", "a=%FF" })
            Assert.Equal("InvalidArgument", Assert.Throws<S3Exception>(() => TagSet.ParseHeader(header)).Error.Code);
    }

    [Fact]
    public void What_is_kept_is_read_back()
    {
        var text = Gen.Elements("", "a", "ä ö", "x=y", "a+b", "%", "&", "://@", "漢字").ArrayOf()
            .Select(string.Concat);
        Prop.ForAll(text.Two().ToArbitrary(), pair =>
        {
            var tags = new TagSet([new Tag(pair.Item1, pair.Item2), new Tag("last", pair.Item1)]);
            Assert.Equal(tags.Tags.ToArray(), TagSet.FromMetadata(tags.ToHeader()).Tags.ToArray());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_kept_is_no_tags()
    {
        Assert.Empty(TagSet.FromMetadata(null).Tags);
        Assert.Empty(TagSet.FromMetadata(TagSet.Empty.ToHeader()).Tags);
    }

    private static string One(string key, string value) =>
        $"<TagSet><Tag><Key>{key}</Key><Value>{value}</Value></Tag></TagSet>";

    private static string Set(int count) => "<TagSet>" + string.Concat(Enumerable.Range(0, count)
        .Select(index => $"<Tag><Key>{index}</Key><Value>{index}</Value></Tag>")) + "</TagSet>";
}
