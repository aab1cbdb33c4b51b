using Ciaos.Actors.Journal;
using Xunit;

namespace Ciaos.Specs.Journal;

public sealed class JournalDamageSpec
{
    [Fact]
    public async Task A_copy_of_the_files_at_any_moment_holds_all_that_was_acknowledged_and_nothing_half()
    {
        using var journal = new JournalFixture(JournalProvider.Sqlite);
        var writer = journal.OpenWriter();
        for (var round = 1; round <= 20; round++)
        {
            var last = round * 3;
            await writer.Append(JournalFixture.Events("a", last - 2, last));
            var unacknowledged = writer.Append(JournalFixture.Events($"b{round}", 1, 3));

            using var copy = new JournalFixture(JournalProvider.Sqlite);
            CopyAsLeftByKill(journal.File, copy.File);
            Assert.Equal(last, copy.NumbersOf("a").Count);
            Assert.Contains(copy.NumbersOf($"b{round}").Count, new[] { 0, 3 });
            await unacknowledged;
        }
    }

    [Fact]
    public async Task After_a_kill_the_journal_goes_on_where_it_was()
    {
        using var journal = new JournalFixture(JournalProvider.Sqlite);
        await journal.OpenWriter().Append(JournalFixture.Events("a", 1, 5));
        using var copy = new JournalFixture(JournalProvider.Sqlite);
        CopyAsLeftByKill(journal.File, copy.File);

        await copy.OpenWriter().Append(JournalFixture.Events("a", 6, 6));
        Assert.Equal([1, 2, 3, 4, 5, 6], copy.NumbersOf("a"));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named()
    {
        using var journal = new JournalFixture(JournalProvider.Sqlite);
        File.WriteAllText(journal.File, new string('x', 10_000));

        var damaged = await Assert.ThrowsAsync<JournalDamagedException>(
            () => journal.OpenWriter().Append(JournalFixture.Events("a", 1, 1)));
        Assert.Contains(journal.File, damaged.Message, StringComparison.Ordinal);
        Assert.Contains(
            journal.File,
            Assert.Throws<JournalDamagedException>(journal.Database.Prepare).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_page_is_found_when_it_is_read_and_the_file_is_named()
    {
        using var journal = new JournalFixture(JournalProvider.Sqlite);
        using (var writer = new JournalWriter(journal.Database))
            await writer.Append(JournalFixture.Events("a", 1, 5000));
        journal.Database.Dispose();
        OverwriteMiddle(journal.File);

        var damaged = Assert.Throws<JournalDamagedException>(() => journal.NumbersOf("a"));
        Assert.Contains(journal.File, damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tool_does_not_make_a_database_that_is_not_there()
    {
        using var journal = new JournalFixture(JournalProvider.Sqlite);

        var failure = Assert.Throws<JournalException>(() => journal.NumbersOf("a"));
        Assert.Contains(journal.File, failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(journal.File));
        Assert.Empty(new JournalReader(journal.Database, prepare: true).PersistenceIds());
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        using var journal = new JournalFixture(JournalProvider.Sqlite);
        File.WriteAllText(journal.File, "");
        using var below = new JournalDatabase(journal.Database.Settings with { Location = journal.File + "/x/j.db" });

        Assert.Contains(journal.File, Assert.Throws<JournalException>(below.Prepare).Message, StringComparison.Ordinal);
    }

    /// <summary>The shared-memory file is left out: it is memory, and gone with the process.</summary>
    private static void CopyAsLeftByKill(string from, string to)
    {
        // The log first: a checkpoint between the two copies moves its pages to the database, not away from it.
        foreach (var suffix in new[] { "-wal", "" })
        {
            if (File.Exists(from + suffix)) File.Copy(from + suffix, to + suffix);
        }
    }

    private static void OverwriteMiddle(string file)
    {
        using var stream = File.OpenWrite(file);
        var pages = stream.Length / 4096;
        for (var page = pages / 4; page < pages * 3 / 4; page++)
        {
            stream.Position = page * 4096;
            stream.Write(Enumerable.Repeat((byte)0xA5, 4096).ToArray());
        }
    }
}
