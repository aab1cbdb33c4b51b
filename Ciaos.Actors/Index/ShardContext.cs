using System.Globalization;
using Akka.Actor;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;

namespace Ciaos.Actors.Index;

/// <summary>What a shard is given to work with.</summary>
/// <param name="Writer">The catalog's writer.</param>
/// <param name="Region">The way to the other shards; asked for when it is needed, since it starts the shards.</param>
internal sealed record ShardContext(
    int Shard,
    IndexSettings Settings,
    CatalogStore Store,
    CatalogReaders Readers,
    IActorRef Writer,
    IActorRef Volumes,
    Func<IActorRef> Region,
    NeedleIds Needles,
    TimeProvider Time)
{
    public string PersistenceId => string.Create(CultureInfo.InvariantCulture, $"index-shard-{Shard}");

    public ShardLayout Layout => new(Settings.Shards);
}
