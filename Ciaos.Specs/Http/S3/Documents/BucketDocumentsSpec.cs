using Ciaos.Http.S3.Documents;
using Xunit;

namespace Ciaos.Specs.Http.S3.Documents;

/// <summary>The small documents of a bucket's configuration.</summary>
public sealed class BucketDocumentsSpec
{
    [Fact]
    public void Versioning_is_enabled_or_suspended()
    {
        Assert.Equal("Enabled", Xml.AssertRoundTrip<VersioningConfiguration>("<Status>Enabled</Status>").Status);
        Assert.Equal("Suspended", Xml.AssertRoundTrip<VersioningConfiguration>("<Status>Suspended</Status>").Status);
        Assert.Equal("MalformedXML", Xml.RefusalCode<VersioningConfiguration>("<Status>enabled</Status>"));
        Assert.Equal("IllegalVersioningConfigurationException", Xml.RefusalCode<VersioningConfiguration>(""));
        Assert.Equal("NotImplemented", Xml.RefusalCode<VersioningConfiguration>(
            "<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>"));
    }

    [Fact]
    public void Ownership_controls_have_one_rule()
    {
        const string rule = "<Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>";
        Assert.Equal("ObjectWriter", Xml.AssertRoundTrip<OwnershipControls>(rule).ObjectOwnership);
        Assert.Equal("MalformedXML", Xml.RefusalCode<OwnershipControls>(rule + rule));
        Assert.Equal("MalformedXML", Xml.RefusalCode<OwnershipControls>(""));
        Assert.Equal("MalformedXML", Xml.RefusalCode<OwnershipControls>(
            "<Rule><ObjectOwnership>Nobody</ObjectOwnership></Rule>"));
    }

    [Fact]
    public void A_public_access_block_needs_at_least_one_setting()
    {
        var block = Xml.AssertRoundTrip<PublicAccessBlock>(
            "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>"
            + "<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets>");
        Assert.Equal(new PublicAccessBlock(true, false, true, false), block);
        Assert.True(Xml.Parse<PublicAccessBlock>("<IgnorePublicAcls>TRUE</IgnorePublicAcls>").IgnorePublicAcls);
        Assert.Equal("InvalidRequest", Xml.RefusalCode<PublicAccessBlock>(""));
        Assert.Equal("MalformedXML", Xml.RefusalCode<PublicAccessBlock>("<BlockPublicAcls>1</BlockPublicAcls>"));
    }

    [Theory]
    [InlineData("<Days>1</Days>", 1, false)]
    [InlineData("<Years>100</Years>", 100, true)]
    public void A_default_retention_has_days_or_years(string period, int count, bool isYears)
    {
        var document = Xml.AssertRoundTrip<ObjectLockConfiguration>(Lock($"<Mode>GOVERNANCE</Mode>{period}"));
        Assert.Equal(new DefaultRetention("GOVERNANCE", count, isYears), document.Default);
        var now = new DateTimeOffset(2024, 2, 28, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(isYears ? now.AddYears(count) : now.AddDays(1), document.Default!.Until(now));
    }

    [Theory]
    [InlineData("<Mode>COMPLIANCE</Mode><Days>1</Days><Years>1</Years>", "MalformedXML")]
    [InlineData("<Mode>COMPLIANCE</Mode>", "MalformedXML")]
    [InlineData("<Mode>governance</Mode><Days>1</Days>", "MalformedXML")]
    [InlineData("<Days>1</Days>", "MalformedXML")]
    [InlineData("<Mode>COMPLIANCE</Mode><Days>0</Days>", "InvalidRetentionPeriod")]
    [InlineData("<Mode>COMPLIANCE</Mode><Years>-1</Years>", "InvalidRetentionPeriod")]
    [InlineData("<Mode>COMPLIANCE</Mode><Years>101</Years>", "InvalidRetentionPeriod")]
    [InlineData("<Mode>COMPLIANCE</Mode><Days>99999999999</Days>", "InvalidRetentionPeriod")]
    public void A_default_retention_that_cannot_be_is_refused(string inner, string code) =>
        Assert.Equal(code, Xml.RefusalCode<ObjectLockConfiguration>(Lock(inner)));

    [Fact]
    public void Object_lock_is_enabled_and_nothing_else()
    {
        Assert.Null(Xml.AssertRoundTrip<ObjectLockConfiguration>(
            "<ObjectLockEnabled>Enabled</ObjectLockEnabled>").Default);
        Assert.Equal("MalformedXML", Xml.RefusalCode<ObjectLockConfiguration>(
            "<ObjectLockEnabled>Disabled</ObjectLockEnabled>"));
    }

    [Fact]
    public void A_retention_has_a_mode_and_a_date_or_neither()
    {
        var retention = Xml.AssertRoundTrip<Retention>(
            "<Mode>COMPLIANCE</Mode><RetainUntilDate>2030-01-01T00:00:00.000Z</RetainUntilDate>");
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero), retention.Until);
        Assert.Null(Xml.Parse<Retention>("").Mode);
        Assert.Equal("MalformedXML", Xml.RefusalCode<Retention>("<Mode>COMPLIANCE</Mode>"));
        Assert.Equal("MalformedXML", Xml.RefusalCode<Retention>(
            "<Mode>abc</Mode><RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate>"));
        Assert.Equal("MalformedXML", Xml.RefusalCode<Retention>(
            "<Mode>COMPLIANCE</Mode><RetainUntilDate>soon</RetainUntilDate>"));
    }

    [Fact]
    public void A_legal_hold_is_on_or_off()
    {
        Assert.True(Xml.AssertRoundTrip<LegalHold>("<Status>ON</Status>").IsOn);
        Assert.False(Xml.AssertRoundTrip<LegalHold>("<Status>OFF</Status>").IsOn);
        Assert.Equal("MalformedXML", Xml.RefusalCode<LegalHold>("<Status>abc</Status>"));
    }

    [Fact]
    public void An_encryption_names_its_algorithm()
    {
        var kms = Xml.AssertRoundTrip<EncryptionConfiguration>(Encryption(
            "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>key-1</KMSMasterKeyID>"));
        Assert.Equal(("aws:kms", "key-1"), (kms.Algorithm, kms.KmsKeyId));
        Xml.AssertRoundTrip<EncryptionConfiguration>(Encryption("<SSEAlgorithm>AES256</SSEAlgorithm>"));
        Assert.Equal("InvalidArgument", Xml.RefusalCode<EncryptionConfiguration>(Encryption(
            "<SSEAlgorithm>AES256</SSEAlgorithm><KMSMasterKeyID>key-1</KMSMasterKeyID>")));
        Assert.Equal("MalformedXML", Xml.RefusalCode<EncryptionConfiguration>(
            Encryption("<SSEAlgorithm>ROT13</SSEAlgorithm>")));
        Assert.Equal("MalformedXML", Xml.RefusalCode<EncryptionConfiguration>(""));
        Assert.Equal("MalformedXML", Xml.RefusalCode<EncryptionConfiguration>("<Rule/>"));
    }

    [Theory]
    [InlineData("SSE-C", true)]
    [InlineData("NONE", false)]
    public void An_encryption_may_block_keys_of_clients(string type, bool blocks)
    {
        var rule = "<Rule><BucketKeyEnabled>false</BucketKeyEnabled><BlockedEncryptionTypes>"
            + $"<EncryptionType>{type}</EncryptionType></BlockedEncryptionTypes></Rule>";
        Assert.Equal(
            new EncryptionConfiguration(null, null, false, blocks), Xml.AssertRoundTrip<EncryptionConfiguration>(rule));
        Assert.Equal("MalformedXML", Xml.RefusalCode<EncryptionConfiguration>(
            rule.Replace(type, "SSE-X", StringComparison.Ordinal)));
    }

    [Fact]
    public void Logging_is_off_or_goes_to_a_bucket()
    {
        Assert.Null(Xml.AssertRoundTrip<LoggingStatus>("").TargetBucket);
        Assert.Null(Xml.Parse<LoggingStatus>("<LoggingEnabled/>").TargetBucket);
        var status = Xml.AssertRoundTrip<LoggingStatus>(
            "<LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix>a/</TargetPrefix><TargetGrants><Grant>"
            + "<Grantee xsi:type=\"CanonicalUser\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">"
            + "<ID>1234</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></TargetGrants></LoggingEnabled>");
        Xml.AssertRoundTrip<LoggingStatus>(
            "<LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix /><TargetObjectKeyFormat>"
            + "<PartitionedPrefix><PartitionDateSource>EventTime</PartitionDateSource></PartitionedPrefix>"
            + "</TargetObjectKeyFormat></LoggingEnabled>");
        Assert.Equal(("logs", "a/"), (status.TargetBucket, status.TargetPrefix));
        Assert.Equal("MalformedXML", Xml.RefusalCode<LoggingStatus>(
            "<LoggingEnabled><TargetPrefix>a</TargetPrefix></LoggingEnabled>"));
    }

    [Fact]
    public void Payment_and_acceleration_are_kept()
    {
        Assert.Equal("Requester", Xml.AssertRoundTrip<RequestPayment>("<Payer>Requester</Payer>").Payer);
        Assert.Equal("MalformedXML", Xml.RefusalCode<RequestPayment>("<Payer>Me</Payer>"));
        Assert.Equal("Enabled", Xml.AssertRoundTrip<AccelerateConfiguration>("<Status>Enabled</Status>").Status);
        Assert.Equal("MalformedXML", Xml.RefusalCode<AccelerateConfiguration>("<Status>Fast</Status>"));
    }

    [Fact]
    public void A_new_bucket_may_have_a_place_and_tags()
    {
        var document = Xml.AssertRoundTrip<CreateBucketConfiguration>(
            "<LocationConstraint>eu-west-1</LocationConstraint><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags>");
        Assert.Equal("eu-west-1", document.Location);
        Assert.Equal(new Tag("a", "b"), Assert.Single(document.Tags.Tags));
        Assert.Equal("NotImplemented", Xml.RefusalCode<CreateBucketConfiguration>(
            "<Location><Name>x</Name><Type>AvailabilityZone</Type></Location>"));
    }

    [Fact]
    public void A_website_is_a_redirect_or_has_an_index()
    {
        Xml.AssertRoundTrip<WebsiteConfiguration>(
            "<IndexDocument><Suffix>index.html</Suffix></IndexDocument><ErrorDocument><Key>error.html</Key>"
            + "</ErrorDocument><RoutingRules><RoutingRule><Condition><KeyPrefixEquals>docs/</KeyPrefixEquals>"
            + "</Condition><Redirect><ReplaceKeyPrefixWith>documents/</ReplaceKeyPrefixWith></Redirect>"
            + "</RoutingRule></RoutingRules>");
        Xml.AssertRoundTrip<WebsiteConfiguration>(
            "<RedirectAllRequestsTo><Protocol>https</Protocol><HostName>example.com</HostName>"
            + "</RedirectAllRequestsTo>");
        Assert.Equal("MalformedXML", Xml.RefusalCode<WebsiteConfiguration>(""));
        Assert.Equal("InvalidArgument", Xml.RefusalCode<WebsiteConfiguration>(
            "<IndexDocument><Suffix>a/index.html</Suffix></IndexDocument>"));
    }

    private static string Lock(string retention) =>
        "<ObjectLockEnabled>Enabled</ObjectLockEnabled>"
        + $"<Rule><DefaultRetention>{retention}</DefaultRetention></Rule>";

    private static string Encryption(string apply) =>
        $"<Rule><ApplyServerSideEncryptionByDefault>{apply}</ApplyServerSideEncryptionByDefault>"
        + "<BucketKeyEnabled>false</BucketKeyEnabled></Rule>";
}
