using Ciaos.Actors.Index;
using Ciaos.Specs.Index.Catalog;
using Ciaos.Storage;
using Microsoft.Data.Sqlite;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Index;

public class ShardWritesSpec
{
    private static readonly KeyName A = new(new BucketId(1), ObjectKey.Create("a"));

    private readonly Queue<ShardBatch> _journal = new();
    private readonly ShardStates _states = new(10, _ => null, _ => null);
    private readonly List<ShardBatch> _answered = [];
    private readonly ShardWrites _writes;
    private int _hurried;

    public ShardWritesSpec()
    {
        _writes = new ShardWrites(
            _states, maxEvents: 2, maxSegments: 100, maxLag: 2, _journal.Enqueue, _answered.Add, () => _hurried++);
        _writes.Begin(lastSequence: 10);
    }

    [Fact]
    public void Readers_see_a_change_only_when_it_is_applied_and_writers_at_once()
    {
        Add(CatalogFixture.Put("a"));
        Assert.Equal(11, _states.Get(A)!.Record.Version);
        Assert.Null(_states.GetVisible(A));
        _writes.Flush();
        Assert.NotNull(_writes.Persisted(11));
        Assert.Null(_states.GetVisible(A));
        Add(CatalogFixture.Append("a"));
        _writes.Applied(11);
        Assert.Equal(11, _states.GetVisible(A)!.Record.Version);
        Assert.Equal(12, _states.Get(A)!.Record.Version);
        Assert.Equal(1, _states.PendingKeys);
    }

    [Fact]
    public void What_comes_while_a_batch_is_journalled_goes_into_full_batches_in_order()
    {
        Add(CatalogFixture.Put("a"));
        _writes.Flush();
        for (var i = 0; i < 5; i++) Add(CatalogFixture.Append("a"));
        _writes.Flush();
        Assert.Single(_journal);
        for (var sequence = 11; sequence <= 16; sequence++)
        {
            if (_writes.Persisted(sequence) is not null) _writes.Flush();
        }

        Assert.Equal(
            [(10L, 11L), (11, 13), (13, 15), (15, 16)],
            _journal.Select(batch => (batch.FromSequence, batch.ToSequence)));
        foreach (var batch in _journal) _writes.Applied(batch.ToSequence);
        Assert.False(_writes.IsIdle);
        Assert.Empty(_answered);
        foreach (var batch in _journal) _writes.Recorded(batch);
        Assert.Equal(_journal, _answered);
        Assert.True(_writes.IsIdle);
        Assert.Equal(16, _states.GetVisible(A)!.Record.Version);
        Assert.Equal(0, _states.PendingKeys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_batch_is_answered_when_it_is_both_in_the_catalog_and_recorded(bool isRecordedFirst)
    {
        Add(CatalogFixture.Put("a"));
        _writes.Flush();
        var batch = _writes.Persisted(11)!;
        Step(isRecordedFirst);
        Assert.Empty(_answered);
        Assert.Equal(isRecordedFirst ? null : 11, _states.GetVisible(A)?.Record.Version);
        Assert.False(_writes.IsIdle);
        Step(!isRecordedFirst);
        Assert.Same(batch, Assert.Single(_answered));
        Assert.True(_writes.IsIdle);

        void Step(bool isRecorded)
        {
            if (isRecorded) _writes.Recorded(batch);
            else _writes.Applied(11);
        }
    }

    [Fact]
    public void A_number_that_was_not_foreseen_is_an_error()
    {
        Add(CatalogFixture.Put("a"));
        _writes.Flush();
        Assert.Throws<InvalidOperationException>(() => _writes.Persisted(12));
    }

    [Fact]
    public void A_batch_that_is_applied_out_of_turn_is_an_error()
    {
        Add(CatalogFixture.Put("a"));
        _writes.Flush();
        _writes.Persisted(11);
        Assert.Throws<InvalidOperationException>(() => _writes.Applied(12));
    }

    // Else an event would be journalled whose changes never reach the catalog.
    [Fact]
    public void When_the_catalog_fails_under_an_event_the_shard_must_not_go_on()
    {
        var states = new ShardStates(
            1, _ => throw new SqliteException("gone", 1), _ => throw new SqliteException("gone", 1));
        var writes = new ShardWrites(states, 2, 100, 2, _journal.Enqueue, _answered.Add, () => { });
        writes.Begin(0);
        var broken = Assert.Throws<InvalidOperationException>(
            () => writes.Add(CatalogFixture.Put("a"), default(Waiting)));
        Assert.False(IndexFailures.IsOfCatalog(broken));
    }

    [Fact]
    public void What_the_shard_knows_all_of_is_visible_once_it_is_journalled_and_answered_when_it_is_recorded()
    {
        var batch = Journal(CatalogFixture.Put("a"));
        Assert.Null(_states.GetVisible(A));
        _writes.Journalled(batch, isLazy: true);
        Assert.Equal(11, _states.GetVisible(A)!.Record.Version);
        Assert.Empty(_answered);
        _writes.Recorded(batch);
        Assert.Same(batch, Assert.Single(_answered));
        Assert.False(_writes.IsIdle);
        Assert.Same(batch, _states.PendingBatch(A));
        _writes.Applied(11);
        Assert.True(_writes.IsIdle);
        Assert.Single(_answered);
        Assert.Equal(11, _states.GetVisible(A)!.Record.Version);
    }

    [Fact]
    public void What_is_behind_a_batch_that_waits_for_the_catalog_waits_too()
    {
        var first = Journal(CatalogFixture.Put("a"));
        _writes.Journalled(first, isLazy: false);
        var second = Journal(CatalogFixture.Put("b"));
        _writes.Journalled(second, isLazy: true);
        Assert.Equal(0, _writes.VisibleTo);
        _writes.Recorded(second);
        _writes.Recorded(first);
        Assert.Empty(_answered);
        _writes.Applied(11);
        Assert.Equal(12, _writes.VisibleTo);
        Assert.Equal([first, second], _answered);
    }

    [Fact]
    public void An_older_batch_that_reaches_the_catalog_hides_nothing_that_is_newer()
    {
        _writes.Journalled(Journal(CatalogFixture.Put("a")), isLazy: true);
        _writes.Journalled(Journal(CatalogFixture.Put("a")), isLazy: true);
        Assert.Equal(12, _states.GetVisible(A)!.Record.Version);
        _writes.Applied(11);
        Assert.Equal(12, _states.GetVisible(A)!.Record.Version);
    }

    [Fact]
    public void Who_waits_for_the_catalog_hurries_it_and_who_asks_what_is_answered_already_is_told_at_once()
    {
        var batch = Journal(CatalogFixture.Put("a"));
        _writes.Journalled(batch, isLazy: true);
        var isDone = false;
        _writes.Attach(batch, new Waiting(null, null, () => isDone = true));
        Assert.Equal(1, _hurried);
        _writes.Recorded(batch);
        Assert.False(isDone);
        _writes.Applied(11);
        Assert.True(isDone);
    }

    [Fact]
    public void A_batch_for_whose_place_in_the_catalog_somebody_waits_is_not_lazy_nor_is_one_too_many()
    {
        Add(CatalogFixture.Put("a"));
        _writes.Attach(_writes.Last!, new Waiting(null, null, () => { }));
        var waitedFor = Journal();
        _writes.Journalled(waitedFor, isLazy: true);
        Assert.False(waitedFor.IsLazy);
        _writes.Applied(11);
        for (var i = 0; i < 3; i++) _writes.Journalled(Journal(CatalogFixture.Put("b")), isLazy: true);
        Assert.Equal([false, true, true, false], _journal.Select(batch => batch.IsLazy));
    }

    [Fact]
    public void A_change_that_others_look_for_in_the_catalog_is_not_lazy()
    {
        var append = Journal(CatalogFixture.Put("a"), CatalogFixture.Append("a"));
        _writes.Journalled(append, isLazy: true);
        Assert.False(append.IsLazy);
    }

    private ShardBatch Journal(params IKeyEvent[] messages)
    {
        foreach (var message in messages) Add(message);
        _writes.Flush();
        ShardBatch? batch = null;
        for (var sequence = _journal.Last().FromSequence + 1; batch is null; sequence++)
            batch = _writes.Persisted(sequence);
        return batch;
    }

    private void Add(IKeyEvent message) => _writes.Add(message, default(Waiting));
}
