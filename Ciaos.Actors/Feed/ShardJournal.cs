using Ciaos.Actors.Index;
using Ciaos.Actors.Journal;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Feed;

/// <summary>The shards' events, read from their journal beside those that write it. Calls block.</summary>
internal sealed class ShardJournal(JournalReader journal, int shards)
{
    public int Shards => shards;

    /// <summary>Events of a shard behind a number, in order. Read while they are asked for.</summary>
    public IEnumerable<(long Sequence, IKeyEvent? Event)> After(int shard, long sequence, long max) =>
        journal.Events(NameOf(shard), sequence + 1, long.MaxValue, max)
            .Select(entry => (entry.SequenceNr, IndexEventCodec.Decode(entry.Manifest, entry.Message) as IKeyEvent));

    /// <summary>Whether the event behind this one is still there.</summary>
    public bool HasNext(int shard, long sequence) =>
        journal.Events(NameOf(shard), sequence + 1, sequence + 1, 1).Any();

    public static string NameOf(int shard) => ShardContext.PersistenceIdOf(shard + 1);
}
