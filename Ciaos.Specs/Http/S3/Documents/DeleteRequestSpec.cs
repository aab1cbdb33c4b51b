using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Documents;

public sealed class DeleteRequestSpec
{
    [Fact]
    public void Keys_and_versions_come_back_as_they_were_sent()
    {
        var document = Xml.AssertRoundTrip<DeleteRequest>(
            "<Object><Key> </Key></Object><Object><Key>a&amp;b</Key><VersionId>null</VersionId><ETag>\"x\"</ETag>"
            + "<LastModifiedTime>Tue, 01 Jan 2030 00:00:00 GMT</LastModifiedTime><Size>7</Size></Object>"
            + "<Quiet>true</Quiet>");
        Assert.True(document.Quiet);
        Assert.Equal([" ", "a&b"], document.Items.Select(item => item.Key));
        Assert.Equal(("null", "\"x\"", 7L),
            (document.Items[1].VersionId, document.Items[1].ETag, document.Items[1].SizeBytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<Object/>")]
    [InlineData("<Object><Key/></Object>")]
    [InlineData("<Object><Key>a</Key><Size>big</Size></Object>")]
    [InlineData("<Object><Key>a</Key><LastModifiedTime>today</LastModifiedTime></Object>")]
    public void Requests_that_delete_nothing_are_refused(string inner) =>
        Assert.Equal("MalformedXML", Xml.RefusalCode<DeleteRequest>(inner));

    [Fact]
    public void A_thousand_at_once_and_no_more()
    {
        static string Objects(int count) => string.Concat(Enumerable.Range(0, count)
            .Select(index => $"<Object><Key>{index}</Key></Object>"));
        Assert.Equal(1_000, Xml.Parse<DeleteRequest>(Objects(1_000)).Items.Length);
        Assert.Equal("MalformedXML", Xml.RefusalCode<DeleteRequest>(Objects(1_001)));
    }
}
