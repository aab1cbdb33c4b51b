using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class VersionRulesSpec
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddYears(56);
    private static readonly BucketId Bucket = new(1);
    private static readonly ObjectKey Key = ObjectKey.Create("k");
    private static readonly VersionId Named = new(7, new ObjectId(70));

    private static readonly Content Empty =
        new(new ObjectId(5), [new Segment(default, 0, 0, true)], ObjectMetadata.None);

    [Theory]
    [InlineData(null, null, null, false, false)]
    [InlineData("GOVERNANCE", 10, null, false, true)]
    [InlineData("GOVERNANCE", 10, null, true, false)]
    [InlineData("GOVERNANCE", 0, null, false, false)]
    [InlineData("GOVERNANCE", -10, null, false, false)]
    [InlineData("COMPLIANCE", 10, null, true, true)]
    [InlineData("COMPLIANCE", -10, null, false, false)]
    [InlineData("COMPLIANCE", -10, "ON", true, true)]
    [InlineData(null, null, "ON", true, true)]
    [InlineData(null, null, "OFF", false, false)]
    public void A_version_under_retention_or_legal_hold_is_not_deleted(
        string? mode, int? secondsLeft, string? hold, bool bypasses, bool isLocked)
    {
        var state = State(Named, mode, secondsLeft, hold);
        var decision = CommandRules.Decide(
            new DeleteVersion(Bucket, Key, Named, Precondition.None, bypasses), state, At);
        Assert.Equal(isLocked ? new ObjectLocked(state.Record) : null, decision.Refusal);
        if (!isLocked) Assert.Equal(new ObjectVersionDeleted(Bucket, Key, At, 7, Named), decision.Event);
    }

    [Fact]
    public void A_time_of_retention_that_cannot_be_read_is_no_reason_to_delete()
    {
        var state = State(Named, "COMPLIANCE", null, null);
        Assert.IsType<ObjectLocked>(CommandRules.Decide(
            new DeleteVersion(Bucket, Key, Named, Precondition.None, true), state, At).Refusal);
    }

    [Fact]
    public void What_is_locked_is_not_replaced_deleted_or_appended_to_but_may_become_an_older_version()
    {
        var state = State(default, "COMPLIANCE", 10, null);
        var put = new Put(Bucket, Key, PutMode.Upsert, Precondition.None, Empty);
        Assert.IsType<ObjectLocked>(CommandRules.Decide(put, state, At).Refusal);
        Assert.IsType<ObjectLocked>(CommandRules.Decide(
            put with { Versioning = VersioningState.Suspended }, state, At).Refusal);
        Assert.IsType<ObjectLocked>(CommandRules.Decide(
            new Delete(Bucket, Key, Precondition.None), state, At, NewId).Refusal);
        Assert.IsType<ObjectLocked>(CommandRules.Decide(new Append(Bucket, Key, Empty), state, At).Refusal);
        Assert.NotNull(CommandRules.Decide(put with { Versioning = VersioningState.Enabled }, state, At).Event);
        Assert.IsType<ObjectMarkerPut>(CommandRules.Decide(
            new Delete(Bucket, Key, Precondition.None, VersioningState.Enabled), state, At, NewId).Event);
    }

    [Fact]
    public void Who_does_not_know_of_versions_destroys_none()
    {
        var state = State(Named, null, null, null);
        Assert.Equal(
            VersioningState.Suspended,
            Assert.IsType<ObjectVersionPut>(CommandRules.Decide(
                new Put(Bucket, Key, PutMode.Upsert, Precondition.None, Empty), state, At).Event).Versioning);
        Assert.Equal(
            new ObjectMarkerPut(Bucket, Key, At, new ObjectId(77), VersioningState.Suspended),
            CommandRules.Decide(new Delete(Bucket, Key, Precondition.None), state, At, NewId).Event);
    }

    [Fact]
    public void A_delete_marker_is_no_object()
    {
        var marker = State(Named, null, null, null);
        marker = marker with { Record = marker.Record with { IsDeleteMarker = true } };
        var put = new Put(Bucket, Key, PutMode.Create, new Precondition(null, ["*"]), Empty, VersioningState.Enabled);
        Assert.NotNull(CommandRules.Decide(put, marker, At).Event);
        Assert.Equal(
            new KeyNotFound(marker.Record),
            CommandRules.Decide(put with { Mode = PutMode.Replace }, marker, At).Refusal);
        var delete = new Delete(Bucket, Key, Precondition.None, VersioningState.Enabled);
        Assert.Equal(new KeyNotFound(marker.Record), CommandRules.Decide(delete, marker, At, NewId).Refusal);
        Assert.NotNull(CommandRules.Decide(delete with { MustExist = false }, marker, At, NewId).Event);
        Assert.NotNull(CommandRules.Decide(delete with { MustExist = false }, null, At, NewId).Event);
        Assert.IsType<KeyNotFound>(CommandRules.Decide(
            delete with { MustExist = false, If = new Precondition(["*"], null) }, null, At, NewId).Refusal);
    }

    [Fact]
    public void Bytes_are_appended_where_they_belong_and_not_to_what_is_encrypted()
    {
        var state = State(default, null, null, null);
        Assert.NotNull(CommandRules.Decide(new Append(Bucket, Key, Empty, 10), state, At).Event);
        Assert.Equal(
            new WrongOffset(state.Record), CommandRules.Decide(new Append(Bucket, Key, Empty, 9), state, At).Refusal);
        var encrypted = state with
        {
            Record = state.Record with { Metadata = ObjectMetadata.None.Add(ObjectMetadata.Encryption, "AES256") },
        };
        Assert.Equal(
            FailReason.NotAllowed,
            Assert.IsType<Failed>(CommandRules.Decide(new Append(Bucket, Key, Empty), encrypted, At).Refusal).Reason);
    }

    [Fact]
    public void Metadata_is_changed_name_by_name_and_only_of_the_state_that_was_seen()
    {
        var state = State(Named, "GOVERNANCE", 10, null);
        var change = new ChangeMetadata(
            Bucket, Key, null, 7,
            ImmutableSortedDictionary<string, string?>.Empty.Add("retention-mode", null).Add("tags", "a=b"));
        var changed = Assert.IsType<ObjectMetadataChanged>(CommandRules.Decide(change, state, At).Event);
        Assert.Equal(["retention-until", "tags"], changed.Metadata.Keys);
        Assert.IsType<PreconditionFailed>(CommandRules.Decide(change with { IfVersion = 6 }, state, At).Refusal);
    }

    [Theory]
    [InlineData(10, 0, true)]
    [InlineData(11, 0, false)]
    [InlineData(10, 1, false)]
    public void Size_and_time_can_be_conditions(long size, int seconds, bool holds) => Assert.Equal(
        holds,
        CommandRules.Holds(
            new Precondition(null, null, At.AddSeconds(seconds).AddMilliseconds(300), size),
            State(Named, null, null, null).Record));

    private static ObjectId NewId() => new(77);

    private static ObjectState State(VersionId version, string? mode, int? secondsLeft, string? hold)
    {
        var metadata = ObjectMetadata.None;
        if (mode is not null) metadata = metadata.Add(ObjectMetadata.RetentionMode, mode);
        if (secondsLeft is { } left)
            metadata = metadata.Add(
                ObjectMetadata.RetentionUntil,
                At.AddSeconds(left).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (hold is not null) metadata = metadata.Add(ObjectMetadata.LegalHold, hold);
        var record = new ObjectRecord(Bucket, Key, new ObjectId(70), 7, 10, 1, 1, At, At, metadata)
        {
            VersionId = version,
        };
        return new ObjectState(record, 7, default, null);
    }
}
