using Akka.Actor;
using Akka.Persistence;
using Ciaos.Actors.Journal;
using Xunit;

namespace Ciaos.Specs.Journal;

/// <summary>What every snapshot store plug-in owes to the actors that use it.</summary>
public sealed class SqlSnapshotStoreSpec
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static TheoryData<JournalProvider> Providers => JournalFixture.Providers;

    [Theory, MemberData(nameof(Providers))]
    public void The_youngest_snapshot_that_matches_is_loaded(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        SaveFive(kit);

        Assert.Equal(15, Load(kit, SnapshotSelectionCriteria.Latest)!.Metadata.SequenceNr);
        Assert.Equal("s-15", Load(kit, SnapshotSelectionCriteria.Latest)!.Snapshot);
        Assert.Equal(Start.AddMinutes(5), Load(kit, SnapshotSelectionCriteria.Latest)!.Metadata.Timestamp);
        Assert.Equal(13, Load(kit, new SnapshotSelectionCriteria(13))!.Metadata.SequenceNr);
        Assert.Equal(13, Load(kit, SnapshotSelectionCriteria.Latest, 13)!.Metadata.SequenceNr);
        Assert.Equal(12, Load(kit, new SnapshotSelectionCriteria(99, Start.AddMinutes(2)))!.Metadata.SequenceNr);
        Assert.Null(Load(kit, SnapshotSelectionCriteria.None));
        Assert.Null(Load(kit, new SnapshotSelectionCriteria(7)));
        Assert.Null(Load(kit, SnapshotSelectionCriteria.Latest, 99, "nobody"));
    }

    [Theory, MemberData(nameof(Providers))]
    public void One_snapshot_can_be_deleted(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        SaveFive(kit);
        var metadata = new SnapshotMetadata("a", 15, DateTime.MinValue);
        kit.SnapshotStore.Tell(new DeleteSnapshot(metadata), kit.TestActor);

        Assert.Equal(metadata, kit.ExpectMsg<DeleteSnapshotSuccess>().Metadata);
        Assert.Equal(14, Load(kit, SnapshotSelectionCriteria.Latest)!.Metadata.SequenceNr);
    }

    [Theory, MemberData(nameof(Providers))]
    public void All_that_match_can_be_deleted(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        SaveFive(kit);
        var criteria = new SnapshotSelectionCriteria(14, Start.AddMinutes(3));
        kit.SnapshotStore.Tell(new DeleteSnapshots("a", criteria), kit.TestActor);

        Assert.Equal(criteria, kit.ExpectMsg<DeleteSnapshotsSuccess>().Criteria);
        Assert.Equal(14, Load(kit, new SnapshotSelectionCriteria(14))!.Metadata.SequenceNr);
        Assert.Null(Load(kit, new SnapshotSelectionCriteria(13)));
    }

    [Theory, MemberData(nameof(Providers))]
    public void A_large_snapshot_is_saved_and_replaced_whole(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        using var kit = new JournalKit(journal);
        var large = new string('x', 2_000_000);
        Save(kit, 1, "small");
        Save(kit, 1, large);

        Assert.Equal(large, Load(kit, SnapshotSelectionCriteria.Latest)!.Snapshot);
    }

    private static void SaveFive(JournalKit kit)
    {
        for (var n = 1; n <= 5; n++) Save(kit, 10 + n, $"s-{10 + n}", Start.AddMinutes(n));
    }

    private static void Save(JournalKit kit, long number, object snapshot, DateTime? at = null)
    {
        var metadata = new SnapshotMetadata("a", number, at ?? Start);
        kit.SnapshotStore.Tell(new SaveSnapshot(metadata, snapshot), kit.TestActor);
        Assert.Equal(metadata, kit.ExpectMsg<SaveSnapshotSuccess>().Metadata);
    }

    private static SelectedSnapshot? Load(
        JournalKit kit, SnapshotSelectionCriteria criteria, long to = long.MaxValue, string id = "a")
    {
        kit.SnapshotStore.Tell(new LoadSnapshot(id, criteria, to), kit.TestActor);
        return kit.ExpectMsg<LoadSnapshotResult>().Snapshot;
    }
}
