using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Index;

/// <summary>
/// Applies to the catalog what the journal has beyond it, in transactions of bounded size, so that neither the time nor
/// the memory of a start depends on how many keys there are.
/// </summary>
internal sealed class ShardRecovery(ShardContext shard, ShardStates states)
{
    private ShardBatch _batch = new(0);

    /// <summary>The catalog has applied everything up to this event.</summary>
    public void Begin(long appliedSequence)
    {
        _batch = new ShardBatch(appliedSequence);
        states.Begin(_batch);
    }

    /// <exception cref="InvalidDataException">An event is missing, or contradicts those before it.</exception>
    public void Replay(IKeyEvent message, long sequence)
    {
        if (_batch.ToSequence == 0) Begin(0);
        if (sequence != _batch.ToSequence + 1)
            throw new InvalidDataException(
                $"{shard.PersistenceId}: event {_batch.ToSequence + 1} is missing, "
                + $"the journal goes on with {sequence}");
        if (VersionApplication.ReadsCatalog(message)) Settle(new KeyName(message.Bucket, message.Key));
        _batch.Events.Add(message);
        EventApplication.Apply(message, sequence, states, _batch.Changes);
        if (_batch.Events.Count >= shard.Settings.BatchMaxEvents) Apply();
    }

    /// <summary>The catalog has all that was replayed of the key.</summary>
    public void Settle(KeyName name)
    {
        if (states.PendingBatch(name) is not null) Apply();
    }

    /// <exception cref="InvalidDataException">The catalog is ahead of the journal.</exception>
    public void End(long lastSequence)
    {
        if (_batch.Events.Count > 0) Apply();
        if (_batch.ToSequence != lastSequence)
            throw new InvalidDataException(
                $"{shard.PersistenceId}: the catalog has applied event {_batch.ToSequence}, but the journal ends with "
                + $"{lastSequence}: it is not the journal of this catalog. Restore the journal, or delete the catalog "
                + "to have it made anew from the journal that is there.");
    }

    private void Apply()
    {
        // The journal remembers for ever.
        var oldest = ShardTokens.OldestOf(shard);
        _batch.Changes.RemoveAll(change => change is CatalogChange.Remember { Write: var write } && write.At < oldest);
        shard.Store.Apply([new CatalogBatch(
            shard.PersistenceId, shard.Shard, _batch.FromSequence, _batch.ToSequence, _batch.Changes)]);
        states.SetVisible(_batch);
        states.SetApplied(_batch);
        Begin(_batch.ToSequence);
    }
}
