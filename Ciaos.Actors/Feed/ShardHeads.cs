namespace Ciaos.Actors.Feed;

/// <summary>
/// Up to which event each shard's changes are in the catalog: whoever is told of one of these sees it in look-ups too.
/// Shards say how far they have come; readers need not ask the journal whether it has grown. Thread-safe; to say it
/// costs a shard next to nothing while nobody waits.
/// </summary>
internal sealed class ShardHeads(int shards)
{
    private readonly long[] _applied = new long[shards];
    private TaskCompletionSource? _growth;

    /// <summary>The shard has applied everything up to this event. Called by one at a time for each shard, and again
    /// when it has recovered.</summary>
    public void Advance(int shard, long sequence)
    {
        if (sequence <= Volatile.Read(ref _applied[shard])) return;
        Volatile.Write(ref _applied[shard], sequence);
        Interlocked.Exchange(ref _growth, null)?.TrySetResult();
    }

    /// <summary>Ends when a shard advances after this call: so it is called before <see cref="Read"/>, and nothing is
    /// missed in between.</summary>
    public Task Growth()
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _growth, mine, null) ?? mine).Task;
    }

    public FeedPosition Read()
    {
        var position = new FeedPosition(shards);
        for (var shard = 0; shard < shards; shard++) position[shard] = Volatile.Read(ref _applied[shard]);
        return position;
    }
}
