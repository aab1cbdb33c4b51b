using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Documents;

public sealed class LifecycleConfigurationSpec
{
    [Theory]
    [InlineData("<Prefix>a/</Prefix>", "<Expiration><Days>1</Days></Expiration>")]
    [InlineData("<Filter />", "<Expiration><Date>2030-01-01T00:00:00.000Z</Date></Expiration>")]
    [InlineData(
        "<Filter><Prefix /></Filter>",
        "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>")]
    [InlineData(
        "<Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>",
        "<NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays>"
        + "<NewerNoncurrentVersions>5</NewerNoncurrentVersions></NoncurrentVersionExpiration>")]
    [InlineData(
        "<Filter><And><Prefix>a</Prefix><Tag><Key>k</Key><Value>v</Value></Tag>"
        + "<ObjectSizeGreaterThan>1</ObjectSizeGreaterThan><ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter>",
        "<Transition><Days>0</Days><StorageClass>GLACIER</StorageClass></Transition><NoncurrentVersionTransition>"
        + "<NoncurrentDays>3</NoncurrentDays><StorageClass>STANDARD_IA</StorageClass></NoncurrentVersionTransition>")]
    [InlineData(
        "<Prefix />",
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>2</DaysAfterInitiation>"
        + "</AbortIncompleteMultipartUpload>")]
    public void Rules_come_back_as_they_were_set(string filter, string actions) =>
        Xml.AssertRoundTrip<LifecycleConfiguration>(
            $"<Rule><ID>r</ID>{filter}<Status>Enabled</Status>{actions}</Rule>");

    [Theory]
    [InlineData("", "MalformedXML")]
    [InlineData("<Rule><Prefix/><Status>enabled</Status><Expiration><Days>1</Days></Expiration></Rule>",
        "MalformedXML")]
    [InlineData("<Rule><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>", "MalformedXML")]
    [InlineData("<Rule><Prefix/><Filter/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>",
        "MalformedXML")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status></Rule>", "InvalidRequest")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status><Expiration/></Rule>", "MalformedXML")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status><Expiration><Days>0</Days></Expiration></Rule>",
        "InvalidArgument")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status><Expiration><Days>1</Days>"
        + "<ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule>", "MalformedXML")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status><Expiration><Date>20200101</Date></Expiration></Rule>",
        "MalformedXML")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status><Expiration><Date>2020-01-01T00:00:01Z</Date></Expiration>"
        + "</Rule>", "InvalidArgument")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status><NoncurrentVersionExpiration><NoncurrentDays>0"
        + "</NoncurrentDays></NoncurrentVersionExpiration></Rule>", "InvalidArgument")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status><Transition><StorageClass>GLACIER</StorageClass>"
        + "</Transition></Rule>", "MalformedXML")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status><Transition><Days>1</Days><StorageClass>SHELF"
        + "</StorageClass></Transition></Rule>", "MalformedXML")]
    [InlineData("<Rule><Prefix/><Status>Enabled</Status><Forget/></Rule>", "MalformedXML")]
    [InlineData("<Rule><Filter><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan><ObjectSizeLessThan>5"
        + "</ObjectSizeLessThan></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>",
        "InvalidRequest")]
    [InlineData("<Rule><Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter><Status>Enabled</Status>"
        + "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
        + "</AbortIncompleteMultipartUpload></Rule>", "InvalidRequest")]
    public void Rules_that_cannot_be_are_refused(string inner, string code) =>
        Assert.Equal(code, Xml.RefusalCode<LifecycleConfiguration>(inner));

    [Fact]
    public void Ids_are_unique_and_short_and_made_up_where_they_are_missing()
    {
        Assert.Equal("InvalidArgument", Xml.RefusalCode<LifecycleConfiguration>(Rule("a") + Rule("a")));
        Assert.Equal("InvalidArgument", Xml.RefusalCode<LifecycleConfiguration>(Rule(new string('a', 256))));
        Assert.Equal(255, Xml.Parse<LifecycleConfiguration>(Rule(new string('a', 255))).Rules[0].Id.Length);
        var rules = Xml.Parse<LifecycleConfiguration>(Rule("") + Rule("")).Rules;
        Assert.NotEqual(rules[0].Id, rules[1].Id);
        Assert.All(rules, rule => Assert.NotEmpty(rule.Id));
        Assert.Equal("MalformedXML", Xml.RefusalCode<LifecycleConfiguration>(
            string.Concat(Enumerable.Range(0, 1_001).Select(index => Rule($"{index}")))));
    }

    [Fact]
    public void A_filter_matches_what_meets_all_of_it()
    {
        var filter = Filter("<And><Prefix>a/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag>"
            + "<ObjectSizeGreaterThan>10</ObjectSizeGreaterThan><ObjectSizeLessThan>20</ObjectSizeLessThan></And>");
        var tags = new TagSet([new Tag("x", "y"), new Tag("k", "v")]);
        Assert.True(filter.Matches("a/b", 11, tags));
        Assert.False(filter.Matches("b/a/", 11, tags));
        Assert.False(filter.Matches("a/b", 10, tags));
        Assert.False(filter.Matches("a/b", 20, tags));
        Assert.False(filter.Matches("a/b", 11, new TagSet([new Tag("k", "other")])));
        Assert.True(Filter("").Matches("anything", 0, TagSet.Empty));
    }

    [Fact]
    public void Conditions_beside_And_count_too()
    {
        var filter = Filter("<Prefix>days1/</Prefix><Tag><Key>tom</Key><Value>sawyer</Value></Tag><And>"
            + "<Prefix>days1</Prefix><Tag><Key>huck</Key><Value>finn</Value></Tag></And>");
        var tom = new Tag("tom", "sawyer");
        Assert.False(filter.Matches("days1/a", 1, new TagSet([tom])));
        Assert.True(filter.Matches("days1/a", 1, new TagSet([tom, new Tag("huck", "finn")])));
        Assert.False(filter.Matches("days1a", 1, new TagSet([tom, new Tag("huck", "finn")])));
    }

    private static LifecycleFilter Filter(string inner) => Xml.Parse<LifecycleConfiguration>(
        $"<Rule><Filter>{inner}</Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>")
        .Rules[0].Filter;

    private static string Rule(string id) =>
        $"<Rule><ID>{id}</ID><Prefix/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>";
}
