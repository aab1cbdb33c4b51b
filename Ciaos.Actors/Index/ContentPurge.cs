using Akka.Actor;
using Ciaos.Actors.Index.Catalog;

namespace Ciaos.Actors.Index;

/// <summary>
/// Removes the rows of ended contents, one small step at a time, and never those that a reader holds or may still be
/// given. What it cannot remove now it finds again in the catalog at the next <see cref="Begin"/>.
/// </summary>
internal sealed class ContentPurge(ShardContext shard, IActorRef self, ShardStates states, ReadTickets tickets)
{
    private const int Candidates = 64;

    private bool _isBusy;
    private bool _isWanted;

    /// <summary>The last step did not succeed; nothing goes on by itself.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>There may be something to remove.</summary>
    public void Begin()
    {
        _isWanted = true;
        if (!_isBusy) Next();
    }

    public void Continue(CatalogProtocol.Purged purged)
    {
        _isBusy = false;
        HasFailed = purged.Failed;
        if (purged.Failed) return;
        if (purged.HasMore) Ask(purged.ContentSequence);
        else Next();
    }

    private void Next()
    {
        for (var after = 0L; _isWanted;)
        {
            var ended = shard.Readers.Read(reader => reader.EndedContents(shard.Shard, after, Candidates));
            foreach (var content in ended)
            {
                if (tickets.IsRead(content) || states.IsReadable(content)) continue;
                Ask(content);
                return;
            }

            _isWanted = ended.Count == Candidates;
            if (_isWanted) after = ended[^1];
        }
    }

    private void Ask(long contentSequence)
    {
        _isBusy = true;
        shard.Writer.Tell(
            new CatalogProtocol.Purge(shard.Shard, contentSequence, shard.Settings.PurgeRows), self);
    }
}
