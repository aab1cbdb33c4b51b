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
    private readonly ShardWrites _writes;

    public ShardWritesSpec()
    {
        _writes = new ShardWrites(_states, maxEvents: 2, maxSegments: 100, _journal.Enqueue);
        _writes.Begin(lastSequence: 10);
    }

    [Fact]
    public void Readers_see_a_change_only_when_it_is_applied_and_writers_at_once()
    {
        Add(CatalogFixture.Put("a"));
        Assert.Equal(11, _states.Get(A)!.Record.Version);
        Assert.Null(_states.GetApplied(A));
        _writes.Flush();
        Assert.NotNull(_writes.Persisted(11));
        Assert.Null(_states.GetApplied(A));
        Add(CatalogFixture.Append("a"));
        _writes.Applied(11);
        Assert.Equal(11, _states.GetApplied(A)!.Record.Version);
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
        foreach (var batch in _journal) Assert.Same(batch, _writes.Recorded(batch));
        Assert.True(_writes.IsIdle);
        Assert.Equal(16, _states.GetApplied(A)!.Record.Version);
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
        Assert.Null(isRecordedFirst ? _writes.Recorded(batch) : _writes.Applied(11));
        Assert.Equal(isRecordedFirst ? null : 11, _states.GetApplied(A)?.Record.Version);
        Assert.False(_writes.IsIdle);
        Assert.Same(batch, isRecordedFirst ? _writes.Applied(11) : _writes.Recorded(batch));
        Assert.True(_writes.IsIdle);
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
        var writes = new ShardWrites(states, 2, 100, _journal.Enqueue);
        writes.Begin(0);
        var broken = Assert.Throws<InvalidOperationException>(
            () => writes.Add(CatalogFixture.Put("a"), default(Waiting)));
        Assert.False(IndexFailures.IsOfCatalog(broken));
    }

    private void Add(IKeyEvent message) => _writes.Add(message, default(Waiting));
}
