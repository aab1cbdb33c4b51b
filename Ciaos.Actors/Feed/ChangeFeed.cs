using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Objects;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Feed;

/// <summary>Changes of one shard, in order, of all buckets.</summary>
/// <param name="Last">Number of the last event that was read; those that change nothing count too.</param>
public sealed record FeedPage(long Last, ImmutableArray<FeedChange> Changes);

/// <summary>
/// What happens to the keys of a store, as its journal tells it: of each shard, and so of each key, everything in order
/// and nothing left out, from any place on. It tells only what is durable and shows in look-ups. Thread-safe; it keeps
/// nothing of those who follow it.
/// </summary>
/// <remarks>
/// Followers that have caught up wait for the shards to say that they have advanced, and do not touch the journal. Then
/// they all want the same pages, which are read once. Reading blocks threads, of which there are few: so many followers
/// that come from far behind slow down each other, and nobody else.
/// </remarks>
public sealed class ChangeFeed : IDisposable
{
    private readonly ShardHeads _heads;
    private readonly JournalDatabase _database;
    private readonly ShardJournal _journal;
    private readonly ObjectStore _store;
    private readonly FeedSettings _settings;
    private readonly TaskScheduler _readers;
    private readonly LruCache<(int Shard, long After), FeedPage> _newest;
    private readonly CancellationTokenSource _closing = new();
    private bool _isDisposed;

    /// <param name="journal">That of the index.</param>
    internal ChangeFeed(
        IndexSystem index, JournalSettings journal, ObjectStore store, FeedSettings settings, TimeProvider time)
    {
        (_heads, _store, _settings, Time, Closing) = (index.Heads, store, settings, time, _closing.Token);
        _database = new JournalDatabase(journal);
        _journal = new ShardJournal(new JournalReader(_database), index.Shards);
        _newest = new LruCache<(int, long), FeedPage>(settings.CachedPages);
        _readers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, settings.Readers).ConcurrentScheduler;
    }

    public int Shards => _journal.Shards;

    public TimeProvider Time { get; }

    /// <summary>Cancelled when followers are to end.</summary>
    public CancellationToken Closing { get; }

    /// <summary>What can be told now.</summary>
    public FeedPosition Heads() => _heads.Read();

    /// <summary>Ends some time after there is more than <see cref="Heads"/> told. Called before that, so that nothing
    /// is missed.</summary>
    public Task Growth() => _heads.Growth();

    /// <summary>To be waited for between the growth of the feed and the next read: what happens in this time is read
    /// together.</summary>
    public Task GatherAsync(CancellationToken cancellation) => Task.Delay(_settings.Gather, Time, cancellation);

    /// <summary>Why a follower cannot go on from there, in words for it; null where it can.</summary>
    public Task<string?> FindObstacleAsync(FeedPosition position, CancellationToken cancellation)
    {
        var heads = Heads();
        return RunAsync(
            () =>
            {
                for (var shard = 0; shard < Shards; shard++)
                {
                    if (position[shard] > heads[shard])
                        return $"The journal of shard {shard} ends with event {heads[shard]}, so that nobody can have "
                            + $"been told of {position[shard]}: this is another store, or an older copy of it";
                    if (position[shard] < heads[shard] && !_journal.HasNext(shard, position[shard]))
                        return $"The journal of shard {shard} does not go back to event {position[shard] + 1} any more";
                }

                return null;
            },
            cancellation);
    }

    /// <summary>The next changes of a shard, some at least.</summary>
    /// <param name="after">The last event that is known already.</param>
    /// <param name="upTo">The last one that may be read: more than <paramref name="after"/>, and not more than
    /// <see cref="Heads"/> has told.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    /// <exception cref="InvalidDataException">An event is missing in it.</exception>
    public ValueTask<FeedPage> ReadAsync(int shard, long after, long upTo, CancellationToken cancellation) =>
        FindPage(shard, after, upTo) is { } page
            ? ValueTask.FromResult(page)
            : new ValueTask<FeedPage>(
                RunAsync(() => FindPage(shard, after, upTo) ?? Read(shard, after, upTo), cancellation));

    /// <summary>Finds out what the end of a version means to its key: by what the key holds now, since what it held
    /// then nobody knows any more. If it has changed again since, that is told later.</summary>
    /// <returns>Null: nothing. Else a put or a delete.</returns>
    /// <exception cref="IndexFailedException">The shard could not answer.</exception>
    public async Task<FeedChange?> SettleAsync(FeedChange gone, CancellationToken cancellation)
    {
        var reply = await _store.LookupAsync(gone.Bucket, gone.Key, forReading: false, cancellation);
        return reply switch
        {
            KeyNotFound => gone with { Kind = FeedChangeKind.Delete },
            Found { Object: var now } when (now.ContentVersion ?? now.Version) < gone.ContentSequence =>
                gone with { Kind = FeedChangeKind.Put, SizeBytes = now.SizeBytes, ETag = now.ETag },
            Found => null,
            Failed failed => throw new IndexFailedException(failed),
            _ => throw new InvalidOperationException($"A look-up was answered with {reply.GetType()}"),
        };
    }

    /// <summary>Tells followers to end.</summary>
    public void Close() => _closing.Cancel();

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Close();
        _closing.Dispose();
        _database.Dispose();
    }

    private FeedPage? FindPage(int shard, long after, long upTo)
    {
        lock (_newest) return _newest.TryGet((shard, after), out var page) && page.Last <= upTo ? page : null;
    }

    private FeedPage Read(int shard, long after, long upTo)
    {
        var changes = ImmutableArray.CreateBuilder<FeedChange>();
        var last = after;
        foreach (var (sequence, happened) in _journal.After(shard, after, Math.Min(_settings.PageEvents, upTo - after)))
        {
            if (sequence != last + 1) break;
            last = sequence;
            if (happened is not null) changes.AddRange(FeedChange.Of(happened, sequence));
        }

        if (last == after) throw new InvalidDataException($"Shard {shard}: event {after + 1} is not in the journal");
        var page = new FeedPage(last, changes.DrainToImmutable());

        // Only followers that have caught up meet each other again.
        if (last < upTo) return page;
        lock (_newest) _newest.Set((shard, after), page);
        return page;
    }

    private Task<T> RunAsync<T>(Func<T> read, CancellationToken cancellation) =>
        Task.Factory.StartNew(read, cancellation, TaskCreationOptions.DenyChildAttach, _readers);
}
