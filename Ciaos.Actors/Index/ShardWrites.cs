using Akka.Actor;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Index;

/// <summary>
/// The way of a shard's events: gathered into a batch while the one before is being journalled, journalled, made
/// visible and at the same time recorded in volumes, and only then answered. A batch is visible once it is in the
/// catalog; one of which the shard itself knows all (<see cref="ShardBatch.CanBeLazy"/>) already when it is journalled.
/// Several batches can be on their way to the catalog; order is kept throughout.
/// </summary>
/// <param name="maxLag">So many events may be visible that are not in the catalog: the memory that they take is
/// bounded, and so is what a start after a crash has to apply.</param>
/// <param name="persist">Begins to journal a batch; <see cref="Persisted"/> follows for each of its events.</param>
/// <param name="answer">Told of each batch that can be answered.</param>
/// <param name="hurry">Somebody waits for the catalog.</param>
internal sealed class ShardWrites(
    ShardStates states, int maxEvents, int maxSegments, int maxLag, Action<ShardBatch> persist,
    Action<ShardBatch> answer, Action hurry)
{
    private readonly Queue<ShardBatch> _full = new();
    private readonly Queue<ShardBatch> _applying = new();
    private readonly HashSet<ShardBatch> _unrecorded = [];
    private ShardBatch _gathering = new(0);
    private ShardBatch? _persisting;
    private int _lag;

    /// <summary>The number that the next event will have in the journal.</summary>
    public long NextSequence => _gathering.ToSequence + 1;

    public bool IsIdle =>
        _gathering.Events.Count == 0 && _full.Count == 0 && _persisting is null && _applying.Count == 0
        && _unrecorded.Count == 0;

    public bool NeedsFlush => _persisting is null && (_gathering.Events.Count > 0 || _full.Count > 0);

    /// <summary>Whoever waits for a change that is under way.</summary>
    public IEnumerable<Waiting> Waiting =>
        InFlight.Where(batch => !batch.IsVisible).SelectMany(batch => batch.Waiting);

    /// <summary>The last event that readers may see.</summary>
    public long VisibleTo { get; private set; }

    /// <summary>What the catalog has not applied yet, in order.</summary>
    private IEnumerable<ShardBatch> InFlight =>
        _applying.Concat(_persisting is null ? [] : [_persisting]).Concat(_full).Append(_gathering);

    /// <summary>Whoever waits only for what has happened to be recorded in volumes.</summary>
    public IEnumerable<Waiting> WaitingForVolumes => _unrecorded.SelectMany(batch => batch.Waiting);

    /// <summary>The last batch that is not in the catalog yet; null where there is none.</summary>
    public ShardBatch? Last =>
        _gathering.Events.Count > 0 ? _gathering : _full.LastOrDefault() ?? _persisting ?? _applying.LastOrDefault();

    public void Begin(long lastSequence)
    {
        _gathering = new ShardBatch(lastSequence);
        states.Begin(_gathering);
    }

    /// <summary>Clients who wait for a change that is under way.</summary>
    public int Unanswered { get; private set; }

    public void Add(IKeyEvent message, Waiting waiting) => Add(message, _ => waiting);

    /// <summary>An event that was found to be right.</summary>
    /// <param name="waiting">Told the state that the event makes of its key.</param>
    public void Add(IKeyEvent message, Func<ObjectState?, Waiting> waiting)
    {
        if (_gathering.Events.Count >= maxEvents || _gathering.Segments >= maxSegments)
        {
            _full.Enqueue(_gathering);
            Begin(_gathering.ToSequence);
        }

        var sequence = NextSequence;
        _gathering.Events.Add(message);
        _gathering.Segments += message switch
        {
            ObjectPut put => put.Segments.Length,
            ObjectAppended appended => appended.Segments.Length,
            ObjectVersionPut put => put.Segments.Length,
            UploadPartPut part => part.Segments.Length,
            ObjectRenamedFrom from => (int)Math.Min(from.Object.SegmentCount, int.MaxValue / 2),
            UploadCompleted completed => (int)Math.Min(completed.Content.SegmentCount, int.MaxValue / 2),
            _ => 0,
        };
        Apply(message, sequence);
        Attach(_gathering, waiting(states.Get(new KeyName(message.Bucket, message.Key))));
    }

    // The event is in the batch already: without all its changes the batch must never be journalled.
    private void Apply(IKeyEvent message, long sequence)
    {
        try
        {
            EventApplication.Apply(message, sequence, states, _gathering.Changes);
            if (message is ITokenEvent { Stamp: { } stamp } && _gathering.Changes[^1] is CatalogChange.Remember last)
                _gathering.Remembered[(last.Write.Name, stamp.Token.Text)] = last.Write;
        }
        catch (Exception failure) when (IndexFailures.IsOfCatalog(failure))
        {
            throw new InvalidOperationException("The catalog could not be read in the middle of an event", failure);
        }
    }

    /// <summary>A write with this token that is not in the catalog yet, and the batch that brings it there.</summary>
    public (ShardBatch? Batch, RememberedWrite? Write) FindRemembered(KeyName name, string token)
    {
        foreach (var batch in InFlight)
            if (batch.Remembered.TryGetValue((name, token), out var write)) return (batch, write);
        return default;
    }

    /// <summary>Somebody waits for a batch that is under way; for the catalog to have it, where something else than
    /// sending the reply is to be done.</summary>
    public void Attach(ShardBatch batch, Waiting waiting)
    {
        if (batch.IsLazy && waiting.Then is { } then)
        {
            batch.OnceApplied.Add(then);
            hurry();
        }
        else if (batch is { IsVisible: true, IsRecorded: true })
        {
            waiting.Client?.Tell(waiting.Reply!);
        }
        else
        {
            batch.Waiting.Add(waiting);
            if (waiting.Client is not null) Unanswered++;
        }
    }

    public void Flush()
    {
        if (!NeedsFlush) return;
        if (_full.TryDequeue(out var full))
        {
            _persisting = full;
        }
        else
        {
            _persisting = _gathering;
            Begin(_gathering.ToSequence);
        }

        persist(_persisting);
    }

    /// <summary>One more event is journalled. Returns its batch when that was the last one of it.</summary>
    /// <exception cref="InvalidOperationException">The journal has given it another number than was
    /// foreseen.</exception>
    public ShardBatch? Persisted(long sequence)
    {
        var batch = _persisting!;
        batch.Persisted++;
        if (sequence != batch.FromSequence + batch.Persisted)
            throw new InvalidOperationException(
                $"The journal has given an event the number {sequence}, "
                + $"{batch.FromSequence + batch.Persisted} was foreseen");
        if (batch.Persisted < batch.Events.Count) return null;
        _persisting = null;
        _applying.Enqueue(batch);
        _lag += batch.Events.Count;
        return batch;
    }

    /// <summary>The batch that was journalled last becomes visible at once where it can.</summary>
    /// <param name="isLazy">Whether the catalog may have it later.</param>
    public void Journalled(ShardBatch batch, bool isLazy)
    {
        batch.IsLazy = isLazy && _lag <= maxLag && batch.CanBeLazy;
        ShowWhatCanBeSeen();
    }

    /// <summary>The oldest batch that is on its way to the catalog has arrived there.</summary>
    public void Applied(long toSequence)
    {
        var batch = _applying.Dequeue();
        if (batch.ToSequence != toSequence)
            throw new InvalidOperationException($"The catalog has applied {toSequence}, {batch.ToSequence} was due");
        _lag -= batch.Events.Count;
        var wasVisible = batch.IsVisible;
        if (!wasVisible) Show(batch);
        states.SetApplied(batch);
        if (!wasVisible) Finish(batch);
        ShowWhatCanBeSeen();
        foreach (var then in batch.OnceApplied) then();
    }

    /// <summary>The batch is in volumes, or nobody is to wait for that any longer.</summary>
    public void Recorded(ShardBatch batch)
    {
        batch.IsRecorded = true;
        _unrecorded.Remove(batch);
        Finish(batch);
    }

    // In order: what is behind a batch that waits for the catalog waits too.
    private void ShowWhatCanBeSeen()
    {
        foreach (var batch in _applying)
        {
            if (batch.IsVisible) continue;
            if (!batch.IsLazy) return;
            Show(batch);
            Finish(batch);
        }
    }

    private void Show(ShardBatch batch)
    {
        states.SetVisible(batch);
        batch.IsVisible = true;
        VisibleTo = batch.ToSequence;
        if (!batch.IsRecorded) _unrecorded.Add(batch);
    }

    private void Finish(ShardBatch batch)
    {
        if (!batch.IsVisible || !batch.IsRecorded) return;
        Unanswered -= batch.Waiting.Count(waiting => waiting.Client is not null);
        answer(batch);
    }
}
