using Ciaos.Actors.Journal;
using Ciaos.Actors.Sql;
using Xunit;

namespace Ciaos.Specs.Journal;

public sealed class JournalWriterSpec
{
    public static TheoryData<JournalProvider> Providers => JournalFixture.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task An_event_is_read_back_as_it_was_written(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var written = JournalFixture.Event("a", 1, "hello", "red", "blue") with { EventManifest = "v2" };
        await journal.OpenWriter().Append([written]);

        var read = Assert.Single(journal.Reader.Events("a", 1, 1, 10));
        Assert.Equal(written.Message, read.Message);
        Assert.Equal(written.Tags!.Order(), read.Tags!.Order());
        Assert.True(read.Ordering > 0);
        Assert.Equal(
            written with { Message = read.Message, Tags = read.Tags, Ordering = read.Ordering }, read);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Events_come_in_order_and_within_their_bounds(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        await writer.Append(JournalFixture.Events("a", 1, 100));
        await writer.Append(JournalFixture.Events("b", 1, 3));

        Assert.Equal([20, 21, 22], journal.Reader.Events("a", 20, 22, 10).Select(e => e.SequenceNr));
        Assert.Equal([99, 100], journal.Reader.Events("a", 99, long.MaxValue, long.MaxValue).Select(e => e.SequenceNr));
        Assert.Equal(5, journal.Reader.Events("a", 1, long.MaxValue, 5).Count());
        Assert.Empty(journal.Reader.Events("a", 1, long.MaxValue, 0));
        Assert.Empty(journal.Reader.Events("c", 1, long.MaxValue, 5));
        Assert.Equal(100, journal.Reader.HighestSequenceNr("a"));
        Assert.Equal(0, journal.Reader.HighestSequenceNr("c"));
        Assert.Equal(["a", "b"], journal.Reader.PersistenceIds());
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task The_whole_journal_can_be_followed_from_any_position(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        await writer.Append(JournalFixture.Events("a", 1, 2));
        var position = journal.Reader.HighestOrdering();
        await writer.Append(JournalFixture.Events("b", 1, 2));
        await writer.Append(JournalFixture.Events("a", 3, 3));

        var followed = journal.Reader.EventsAfter(position, 10).ToArray();
        Assert.Equal([("b", 1), ("b", 2), ("a", 3)], followed.Select(e => (e.PersistenceId, e.SequenceNr)));
        Assert.Equal(followed[^1].Ordering, journal.Reader.HighestOrdering());
    }

    // A commit writes a page of the index for each actor.
    [Fact]
    public async Task A_new_database_has_small_pages_and_an_old_one_keeps_its_own()
    {
        using (var made = new JournalFixture(JournalProvider.Sqlite))
        {
            await made.OpenWriter().Append(JournalFixture.Events("a", 1, 1));
            Assert.Equal(SqlitePages.Bytes, made.PageBytes());
        }

        using var old = new JournalFixture(JournalProvider.Sqlite);
        old.Execute("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; CREATE TABLE earlier (something)");
        await old.OpenWriter().Append(JournalFixture.Events("a", 1, 3));
        Assert.Equal(4096, old.PageBytes());
        Assert.Equal([1, 2, 3], old.NumbersOf("a"));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task What_waits_shares_one_transaction(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        await writer.Append(JournalFixture.Events("first", 1, 1));

        Task[] appends;
        using (journal.HoldWriter())
        {
            appends = Enumerable.Range(0, 50)
                .Select(i => writer.Append(JournalFixture.Events($"actor-{i}", 1, 3))).ToArray();
            Assert.DoesNotContain(appends, append => append.IsCompleted);
        }

        await Task.WhenAll(appends);
        Assert.Equal(151, writer.Events);

        // One for the first event, one that the writer had begun when it was held, one for all the rest.
        Assert.InRange(writer.Transactions, 2, 3);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_batch_has_a_limit(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider, maxBatchEvents: 10);
        var writer = journal.OpenWriter();
        await writer.Append(JournalFixture.Events("first", 1, 1));
        Task[] appends;
        using (journal.HoldWriter())
        {
            appends = Enumerable.Range(0, 40)
                .Select(i => writer.Append(JournalFixture.Events($"p{i}", 1, 1))).ToArray();
        }

        await Task.WhenAll(appends);
        Assert.True(writer.Transactions >= 5, $"{writer.Transactions} transactions");
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_number_that_is_taken_fails_its_request_alone(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        await writer.Append(JournalFixture.Events("a", 1, 5));

        Task before, clash, after;
        using (journal.HoldWriter())
        {
            before = writer.Append(JournalFixture.Events("b", 1, 2));
            clash = writer.Append(JournalFixture.Events("a", 4, 7));
            after = writer.Append(JournalFixture.Events("c", 1, 9));
        }

        await before;
        await after;
        var taken = await Assert.ThrowsAsync<SequenceNumberTakenException>(() => clash);
        Assert.Equal("a", taken.PersistenceId);
        Assert.Equal([1, 2, 3, 4, 5], journal.NumbersOf("a"));
        Assert.Equal([1, 2], journal.NumbersOf("b"));
        Assert.Equal(9, journal.NumbersOf("c").Count);
        await writer.Append(JournalFixture.Events("a", 6, 7));
        Assert.Equal(7, journal.Reader.HighestSequenceNr("a"));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task A_transaction_that_fails_takes_its_requests_with_it_and_the_next_begins_anew(
        JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        await writer.Append(JournalFixture.Events("a", 1, 1));
        journal.Execute("DROP TABLE journal");

        var failure = await Assert.ThrowsAnyAsync<JournalException>(
            () => writer.Append(JournalFixture.Events("a", 2, 2)));
        Assert.Contains(journal.Database.Dialect.Name, failure.Message, StringComparison.Ordinal);

        // A new connection makes sure that the tables are there.
        await writer.Append(JournalFixture.Events("a", 3, 3));
        Assert.Equal([3], journal.NumbersOf("a"));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Deleted_numbers_are_not_given_out_again(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider, deleteBatchRows: 7);
        var writer = journal.OpenWriter();
        await writer.Append(JournalFixture.Events("a", 1, 30));
        await writer.Append([JournalFixture.Event("b", 1, "", "red")]);

        await writer.DeleteTo("a", 25);
        Assert.Equal([26, 27, 28, 29, 30], journal.NumbersOf("a"));
        await writer.DeleteTo("a", long.MaxValue);
        Assert.Empty(journal.NumbersOf("a"));
        Assert.Equal(30, journal.Reader.HighestSequenceNr("a"));
        Assert.Equal([1], journal.NumbersOf("b"));
        await writer.DeleteTo("nobody", 10);
        Assert.Equal(0, journal.Reader.HighestSequenceNr("nobody"));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Drained_waits_for_what_was_asked_before(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        await writer.Append(JournalFixture.Events("a", 1, 1));
        Task drained;
        using (journal.HoldWriter())
        {
            _ = writer.Append(JournalFixture.Events("a", 2, 2));
            drained = writer.Drained();
            Assert.False(drained.IsCompleted);
        }

        await drained;
        Assert.Equal(2, journal.Reader.HighestSequenceNr("a"));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Closing_finishes_what_was_asked_for(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var writer = journal.OpenWriter();
        var appends = Enumerable.Range(1, 20).Select(n => writer.Append(JournalFixture.Events("a", n, n))).ToArray();
        writer.Dispose();

        await Task.WhenAll(appends);
        Assert.Equal(20, journal.NumbersOf("a").Count);
        await Assert.ThrowsAsync<JournalException>(() => writer.Append(JournalFixture.Events("a", 21, 21)));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task The_table_of_the_official_plug_in_is_taken_over(JournalProvider provider)
    {
        using var journal = new JournalFixture(provider);
        var blob = provider == JournalProvider.Sqlite ? "BLOB" : "BYTEA";
        journal.Execute(
            "CREATE TABLE journal (ordering INTEGER PRIMARY KEY, created BIGINT NOT NULL, deleted BOOLEAN NOT NULL, "
            + $"persistence_id VARCHAR(255) NOT NULL, sequence_number BIGINT NOT NULL, message {blob} NOT NULL, "
            + "manifest VARCHAR(500), identifier INTEGER, writer_uuid VARCHAR(128))");
        journal.Execute("INSERT INTO journal VALUES (7, 1, FALSE, 'old', 1, '', 'm', 3, 'w')");

        journal.Database.Prepare();
        var read = Assert.Single(journal.Reader.Events("old", 1, 9, 9));
        Assert.Null(read.EventManifest);
        Assert.Null(read.Tags);
        await Task.CompletedTask;
    }
}
