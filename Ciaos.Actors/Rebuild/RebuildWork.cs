using Akka.Actor;
using Ciaos.Actors.Feed;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;

namespace Ciaos.Actors.Rebuild;

/// <summary>What the steps of a rebuild share.</summary>
internal sealed record RebuildWork(
    IndexSettings Settings,
    Scratch Scratch,
    RebuiltJournal Journal,
    CatalogStore Store,
    CatalogReaders Readers,
    SegmentCheck Segments,
    LostObjects Lost,
    Salvage? Salvage,
    RebuildReport Report,
    long FoundEvents,
    TimeProvider Time,
    Action<RebuildProgress> Progress)
{
    /// <summary>As a running shard has it, but that nobody is there to be told anything.</summary>
    public ShardContext ContextOf(int shard) => new(
        shard, Settings, Store, Readers, ActorRefs.Nobody, ActorRefs.Nobody, () => ActorRefs.Nobody,
        new NeedleIds(Time), Time, new ShardHeads(Settings.Shards));
}
