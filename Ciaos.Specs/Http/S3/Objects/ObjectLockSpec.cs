using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Documents;
using Ciaos.Http.S3.Objects;
using Ciaos.Storage;
using Xunit;

namespace Ciaos.Specs.Http.S3.Objects;

public sealed class ObjectLockSpec
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, 0, "GOVERNANCE", 5, "Free")]
    [InlineData("GOVERNANCE", -1, null, 0, "Free")]
    [InlineData("COMPLIANCE", -1, null, 0, "Free")]
    [InlineData("GOVERNANCE", 5, "GOVERNANCE", 5, "Free")]
    [InlineData("GOVERNANCE", 5, "GOVERNANCE", 6, "Free")]
    [InlineData("GOVERNANCE", 5, "GOVERNANCE", 4, "NeedsBypass")]
    [InlineData("GOVERNANCE", 5, "COMPLIANCE", 6, "NeedsBypass")]
    [InlineData("GOVERNANCE", 5, null, 0, "NeedsBypass")]
    [InlineData("COMPLIANCE", 5, "COMPLIANCE", 6, "Free")]
    [InlineData("COMPLIANCE", 5, "COMPLIANCE", 4, "Forbidden")]
    [InlineData("COMPLIANCE", 5, "GOVERNANCE", 6, "Forbidden")]
    [InlineData("COMPLIANCE", 5, null, 0, "Forbidden")]
    public void A_retention_that_runs_is_not_weakened(
        string? mode, int days, string? wantedMode, int wantedDays, string change)
    {
        var present = mode is null ? null : new Retention(mode, Now.AddDays(days));
        var wanted = new Retention(wantedMode, wantedMode is null ? null : Now.AddDays(wantedDays));

        Assert.Equal(change, ObjectLock.Judge(present, wanted, Now).ToString());
    }

    [Fact]
    public void Headers_lock_a_new_object()
    {
        var metadata = Read(
            Bucket(new ObjectLockConfiguration(null)), (ObjectLock.ModeHeader, "COMPLIANCE"),
            (ObjectLock.UntilHeader, "2030-01-01T00:00:00Z"), (ObjectLock.HoldHeader, "ON"));

        Assert.Equal(
            [
                new("legal-hold", "ON"), new("retention-mode", "COMPLIANCE"),
                new("retention-until", "2030-01-01T00:00:00.000Z"),
            ],
            metadata);
    }

    [Fact]
    public void The_default_of_the_bucket_locks_what_says_nothing()
    {
        var bucket = Bucket(new ObjectLockConfiguration(new DefaultRetention("GOVERNANCE", 2, IsYears: true)));

        Assert.Equal("2028-11-22T12:00:00.000Z", Read(bucket)["retention-until"]);
        Assert.Equal(
            "COMPLIANCE",
            Read(
                bucket, (ObjectLock.ModeHeader, "COMPLIANCE"),
                (ObjectLock.UntilHeader, "2030-01-01T00:00:00Z"))["retention-mode"]);
    }

    [Fact]
    public void What_was_locked_is_found_to_be()
    {
        var found = Records.Of(1, ("retention-mode", "GOVERNANCE"), ("retention-until", "2030-01-01T00:00:00.000Z"));

        Assert.Equal(
            new Retention("GOVERNANCE", new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            ObjectLock.RetentionOf(found));
        Assert.Null(ObjectLock.RetentionOf(Records.Of(1)));
    }

    [Theory]
    [InlineData(ObjectLock.ModeHeader, "GOVERNANCE")]
    [InlineData(ObjectLock.UntilHeader, "2030-01-01T00:00:00Z")]
    [InlineData(ObjectLock.HoldHeader, "MAYBE")]
    public void Half_a_lock_is_refused(string header, string value) => Assert.Equal(
        S3Error.InvalidArgument,
        Assert.Throws<S3Exception>(() => Read(Bucket(new ObjectLockConfiguration(null)), (header, value))).Error);

    [Theory]
    [InlineData("governance", "2030-01-01T00:00:00Z")]
    [InlineData("GOVERNANCE", "2020-01-01T00:00:00Z")]
    [InlineData("GOVERNANCE", "soon")]
    public void A_retention_that_is_none_is_refused(string mode, string until) => Assert.Equal(
        S3Error.InvalidArgument,
        Assert.Throws<S3Exception>(() => Read(
            Bucket(new ObjectLockConfiguration(null)), (ObjectLock.ModeHeader, mode),
            (ObjectLock.UntilHeader, until))).Error);

    [Fact]
    public void A_bucket_without_object_lock_locks_nothing()
    {
        Assert.Empty(Read(Bucket(null)));
        Assert.Equal(
            S3Error.InvalidRequest,
            Assert.Throws<S3Exception>(() => Read(Bucket(null), (ObjectLock.HoldHeader, "ON"))).Error);
    }

    private static BucketProtocol.BucketInfo Bucket(ObjectLockConfiguration? configuration)
    {
        var config = ObjectMetadata.None;
        if (configuration is not null) config = config.Add(ObjectLock.ConfigKey, configuration.ToText());
        return new BucketProtocol.BucketInfo(new BucketId(1), "bucket", "owner", Now, config, 1);
    }

    private static ImmutableSortedDictionary<string, string> Read(
        BucketProtocol.BucketInfo bucket, params (string Name, string Value)[] fields)
    {
        var metadata = ObjectMetadata.None.ToBuilder();
        ObjectLock.Read(
            ObjectFields.Of(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))),
            bucket, Now, metadata);
        return metadata.ToImmutable();
    }
}
