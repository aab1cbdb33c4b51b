using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class CommandRulesSpec
{
    private static readonly DateTimeOffset Earlier = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly DateTimeOffset At = Earlier.AddSeconds(10);
    private static readonly BucketId Bucket = new(1);
    private static readonly ObjectKey Key = ObjectKey.Create("k");

    private static readonly ObjectRecord There = new(
        Bucket, Key, new ObjectId(0xAB), 0x1F, 10, 1, 1, Earlier, Earlier,
        ImmutableSortedDictionary<string, string>.Empty);

    private static readonly ObjectState ThereState = new(There, 1, default, null);

    private static readonly Content Nothing = new(
        new ObjectId(5), [new Segment(default, 0, 0, true)], ImmutableSortedDictionary<string, string>.Empty);

    [Theory]
    [InlineData(PutMode.Create, false, null)]
    [InlineData(PutMode.Create, true, typeof(KeyExists))]
    [InlineData(PutMode.Replace, false, typeof(KeyNotFound))]
    [InlineData(PutMode.Replace, true, null)]
    [InlineData(PutMode.Upsert, false, null)]
    [InlineData(PutMode.Upsert, true, null)]
    public void A_put_needs_its_key_there_or_not_there(PutMode mode, bool exists, Type? refusal) =>
        Assert.Equal(
            refusal,
            CommandRules.Decide(Put(mode, Precondition.None), exists ? ThereState : null, At).Refusal?.GetType());

    [Theory]
    [InlineData(null, null, true, true)]
    [InlineData("ab-1f", null, true, false)]
    [InlineData("ab-20", null, false, false)]
    [InlineData("*", null, true, false)]
    [InlineData(null, "*", false, true)]
    [InlineData(null, "ab-1f", false, true)]
    [InlineData(null, "ab-20", true, true)]
    [InlineData("ab-1f", "ab-1f", false, false)]
    [InlineData("", null, false, false)]
    [InlineData(null, "", true, true)]
    public void Preconditions_look_at_the_tag_of_what_is_there(
        string? match, string? none, bool whenThere, bool whenNot)
    {
        var condition = new Precondition(Tags(match), Tags(none));
        Assert.Equal(whenThere, CommandRules.Holds(condition, There));
        Assert.Equal(whenNot, CommandRules.Holds(condition, null));
    }

    [Fact]
    public void A_write_whose_precondition_does_not_hold_is_told_what_is_there()
    {
        var condition = new Precondition(["other"], null);
        Assert.Equal(
            new PreconditionFailed(There), CommandRules.Decide(Put(PutMode.Upsert, condition), ThereState, At).Refusal);
        Assert.Equal(
            new PreconditionFailed(There),
            CommandRules.Decide(new Delete(Bucket, Key, condition), ThereState, At, NewId).Refusal);
        Assert.Equal(
            new PreconditionFailed(null), CommandRules.Decide(Put(PutMode.Upsert, condition), null, At).Refusal);
        Assert.Equal(
            KeyNotFound.Instance, CommandRules.Decide(new Delete(Bucket, Key, condition), null, At, NewId).Refusal);
        var append = new Append(Bucket, Key, Nothing, If: condition);
        Assert.Equal(new PreconditionFailed(There), CommandRules.Decide(append, ThereState, At).Refusal);
        Assert.Equal(new PreconditionFailed(null), CommandRules.Decide(append, null, At).Refusal);
    }

    [Fact]
    public void A_precondition_is_judged_before_whether_the_key_may_be_there()
    {
        var absent = new Precondition(null, ["*"]);
        Assert.Equal(
            new PreconditionFailed(There), CommandRules.Decide(Put(PutMode.Create, absent), ThereState, At).Refusal);
        Assert.Equal(
            KeyNotFound.Instance,
            CommandRules.Decide(new Append(Bucket, Key, Nothing, If: absent), null, At).Refusal);
        Assert.NotNull(
            CommandRules.Decide(new Append(Bucket, Key, Nothing, 10, new Precondition(["ab-1f"], null)), ThereState, At)
                .Event);
    }

    [Fact]
    public void A_replaced_object_keeps_the_time_of_its_making_unless_the_clock_went_back()
    {
        var put = Put(PutMode.Replace, Precondition.None);
        Assert.Equal(Earlier, ((ObjectPut)CommandRules.Decide(put, ThereState, At).Event!).Created);
        Assert.Equal(
            Earlier.AddSeconds(-1),
            ((ObjectPut)CommandRules.Decide(put, ThereState, Earlier.AddSeconds(-1)).Event!).Created);
        Assert.Equal(
            At, ((ObjectPut)CommandRules.Decide(Put(PutMode.Create, Precondition.None), null, At).Event!).Created);
    }

    [Fact]
    public void Content_that_lies_outside_its_needle_or_begins_inside_a_file_is_not_recorded()
    {
        var needle = new NeedleLocation(new VolumeId(1), 4096, 80, 100);
        Assert.IsType<Failed>(Decide(new Segment(needle, 50, 51, true)));
        Assert.IsType<Failed>(Decide(new Segment(needle, -1, 10, true)));
        Assert.IsType<Failed>(Decide(new Segment(needle, 0, 100, false)));
        Assert.IsType<Failed>(Decide());
        Assert.Null(Decide(new Segment(needle, 0, 100, true)));
        Assert.Null(Decide(new Segment(default, 0, 0, true)));
    }

    private static ObjectId NewId() => new(77);

    private static IReply? Decide(params ReadOnlySpan<Segment> segments) => CommandRules.Decide(
        Put(PutMode.Create, Precondition.None, [.. segments]), null, At).Refusal;

    private static Put Put(PutMode mode, Precondition condition, ImmutableArray<Segment>? segments = null) => new(
        Bucket, Key, mode, condition, segments is { } given ? Nothing with { Segments = given } : Nothing);

    private static ImmutableArray<string>? Tags(string? tags) =>
        tags is null ? null : [.. tags.Split(',', StringSplitOptions.RemoveEmptyEntries)];
}
