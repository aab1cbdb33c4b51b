using Ciaos.Actors.Journal;
using Xunit;

namespace Ciaos.Specs.Journal;

public sealed class JournalSnapshotSpec
{
    public static TheoryData<JournalProvider> Providers => JournalFixture.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task The_youngest_in_the_range_is_found(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        for (var n = 1; n <= 5; n++) await writer.Save(Snapshot(n * 10, $"state {n}"));

        Assert.Equal(50, journal.Reader.YoungestSnapshot("a", SnapshotRange.All)!.SequenceNr);
        var upTo39 = SnapshotRange.All with { MaxSequenceNr = 39 };
        Assert.Equal(30, journal.Reader.YoungestSnapshot("a", upTo39)!.SequenceNr);
        var takenBefore = SnapshotRange.All with { MaxTicks = 1020 };
        Assert.Equal(20, journal.Reader.YoungestSnapshot("a", takenBefore)!.SequenceNr);
        Assert.Null(journal.Reader.YoungestSnapshot("a", SnapshotRange.All with { MinSequenceNr = 51 }));
        Assert.Null(journal.Reader.YoungestSnapshot("b", SnapshotRange.All));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task One_of_the_same_number_replaces_the_other(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        await writer.Save(Snapshot(10, "first"));
        await writer.Save(Snapshot(10, "second") with { CreatedTicks = 9999, Manifest = "v2" });

        var read = journal.Reader.YoungestSnapshot("a", SnapshotRange.All)!;
        Assert.Equal("second", System.Text.Encoding.UTF8.GetString(read.Payload));
        Assert.Equal((9999, "v2", 5), (read.CreatedTicks, read.Manifest, read.SerializerId));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Only_what_is_in_the_range_is_deleted(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        for (var n = 1; n <= 3; n++) await writer.Save(Snapshot(n, "state"));

        await writer.DeleteSnapshots("a", new SnapshotRange(3, 3, 0, 1000));
        Assert.Equal(3, journal.Reader.YoungestSnapshot("a", SnapshotRange.All)!.SequenceNr);
        await writer.DeleteSnapshots("a", new SnapshotRange(2, 3, 0, long.MaxValue));
        Assert.Equal(1, journal.Reader.YoungestSnapshot("a", SnapshotRange.All)!.SequenceNr);
    }

    private static JournalSnapshot Snapshot(long number, string state) =>
        new("a", number, 1000 + number, System.Text.Encoding.UTF8.GetBytes(state), 5, "v1");
}
