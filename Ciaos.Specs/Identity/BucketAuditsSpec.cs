using System.Collections.Immutable;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Identity;

public sealed class BucketAuditsSpec
{
    private static readonly BucketId Bucket = new(5);
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly ImmutableSortedDictionary<string, string?> Changes =
        ImmutableSortedDictionary<string, string?>.Empty
            .Add("cors", "<secret/>").Add("policy", null).Add("versioning", "enabled");

    private static readonly BucketAudit ByAnn = new(new IdentityProtocol.Origin("ann", "AKANN", "::1"), "pictures");

    [Fact]
    public void A_change_tells_who_had_it_done_to_which_bucket_and_what_it_was_about()
    {
        var entry = BucketAudits.Describe(7, new BucketConfigured(Bucket, At, Changes) { Audit = ByAnn });

        Assert.Equal(
            (7L, At, ByAnn.By, "bucket-configured", "pictures"),
            (entry.Number, entry.At, entry.By, entry.Action, entry.Subject));
        Assert.Equal(
            "bucket_id=5, removed=policy, set=cors versioning",
            string.Join(", ", entry.Detail.Select(item => $"{item.Key}={item.Value}")));
    }

    [Fact]
    public void What_was_done_before_events_told_it_is_there_too()
    {
        var entry = BucketAudits.Describe(2, new BucketDeleted(Bucket, At));

        Assert.Equal(("(unknown)", "bucket-deleted", ""), (entry.By.User, entry.Action, entry.Subject));
        Assert.Equal("5", entry.Detail["bucket_id"]);
    }

    [Fact]
    public void The_bucket_of_a_native_user_is_that_users_doing() =>
        Assert.Equal("ann", BucketAudits.Describe(2, new BucketCreated(Bucket, At, "ann")).By.User);
}
