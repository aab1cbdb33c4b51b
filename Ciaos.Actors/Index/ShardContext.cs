using System.Globalization;
using Akka.Actor;
using Ciaos.Actors.Feed;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Metrics;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>What a shard, or the keeper of buckets, is given to work with.</summary>
/// <param name="Shard">Its number, or <see cref="IndexSystem.BucketsShard"/>.</param>
/// <param name="Writer">The catalog's writer.</param>
/// <param name="Region">The way to the other shards; asked for when it is needed, since it starts the
/// shards.</param>
/// <param name="Heads">Is told how far the shard has come.</param>
/// <param name="Metrics">Null: nothing is measured.</param>
/// <param name="OpenShards">Where others find it while it serves; null: nowhere.</param>
/// <param name="KeyFilters">Fills the filters of keys (<see cref="KeyFilterActor"/>); null: none are used.</param>
internal sealed record ShardContext(
    int Shard,
    IndexSettings Settings,
    CatalogStore Store,
    CatalogReaders Readers,
    IActorRef Writer,
    IActorRef Volumes,
    Func<IActorRef> Region,
    NeedleIds Needles,
    TimeProvider Time,
    ShardHeads Heads,
    StoreMetrics? Metrics = null,
    OpenShards? OpenShards = null,
    IActorRef? KeyFilters = null)
{
    public string PersistenceId => PersistenceIdOf(Stream);

    /// <summary>Names its events in volumes: 0 is the keeper of buckets, 1 and up are the shards.</summary>
    public long Stream => Shard + 1;

    public ShardLayout Layout => new(Settings.Shards);

    public static string PersistenceIdOf(long stream) =>
        stream == 0 ? "buckets" : string.Create(CultureInfo.InvariantCulture, $"index-shard-{stream - 1}");
}
