using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Documents;

public sealed class NotificationConfigurationSpec
{
    [Fact]
    public void Every_kind_of_target_comes_back_as_it_was_set()
    {
        var document = Xml.AssertRoundTrip<NotificationConfiguration>(
            "<TopicConfiguration><Id>a</Id><Topic>arn:aws:sns:us-east-1:1:t</Topic>"
            + "<Event>s3:ObjectCreated:*</Event><Event>s3:ObjectRemoved:Delete</Event></TopicConfiguration>"
            + "<QueueConfiguration><Id>b</Id><Queue>arn:aws:sqs:us-east-1:1:q</Queue>"
            + "<Event>s3:ObjectCreated:Put</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>in/</Value>"
            + "</FilterRule><FilterRule><Name>suffix</Name><Value>.jpg</Value></FilterRule></S3Key></Filter>"
            + "</QueueConfiguration><CloudFunctionConfiguration><Id>c</Id>"
            + "<CloudFunction>arn:aws:lambda:us-east-1:1:f</CloudFunction><Event>s3:ObjectTagging:Put</Event>"
            + "</CloudFunctionConfiguration><EventBridgeConfiguration />");
        Assert.Equal(("in/", ".jpg"), (document.Targets[1].Prefix, document.Targets[1].Suffix));
        Assert.All(document.Targets, target => Assert.Null(target.Webhook));
        Assert.Empty(Xml.AssertRoundTrip<NotificationConfiguration>("").Targets);
    }

    [Fact]
    public void A_webhook_is_a_topic_with_a_url_and_an_id_that_stays_the_same()
    {
        const string text = "<TopicConfiguration><Topic>arn:ciaos:webhook:::http://127.0.0.1:8080/hook?a=b</Topic>"
            + "<Event>s3:ObjectCreated:*</Event></TopicConfiguration>";
        var target = Assert.Single(Xml.Parse<NotificationConfiguration>(text).Targets);
        Assert.Equal("http://127.0.0.1:8080/hook?a=b", target.Webhook?.OriginalString);
        Assert.NotEmpty(target.Id);
        Assert.Equal(target.Id, Xml.Parse<NotificationConfiguration>(text).Targets[0].Id);
    }

    [Theory]
    [InlineData("<TopicConfiguration><Topic>arn:x</Topic></TopicConfiguration>", "MalformedXML")]
    [InlineData("<TopicConfiguration><Event>s3:ObjectCreated:*</Event></TopicConfiguration>", "MalformedXML")]
    [InlineData("<TopicConfiguration><Topic>here</Topic><Event>s3:ObjectCreated:*</Event></TopicConfiguration>",
        "InvalidArgument")]
    [InlineData("<TopicConfiguration><Topic>arn:x</Topic><Event>s3:Party</Event></TopicConfiguration>",
        "InvalidArgument")]
    [InlineData("<TopicConfiguration><Topic>arn:ciaos:webhook:::file:///etc/passwd</Topic>"
        + "<Event>s3:ObjectCreated:*</Event></TopicConfiguration>", "InvalidArgument")]
    [InlineData("<TopicConfiguration><Topic>arn:x</Topic><Event>s3:ObjectCreated:*</Event><Filter><S3Key>"
        + "<FilterRule><Name>size</Name><Value>1</Value></FilterRule></S3Key></Filter></TopicConfiguration>",
        "InvalidArgument")]
    public void Targets_that_cannot_be_are_refused(string inner, string code) =>
        Assert.Equal(code, Xml.RefusalCode<NotificationConfiguration>(inner));
}
