using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Ciaos.Client;
using Ciaos.Client.Streams;

namespace CopyNamespace;

/// <summary>Whose key has changed.</summary>
internal enum Side
{
    Source,
    Target,
}

internal sealed record Change(Side Side, StoreEvent Event);

/// <summary>
/// The events of both users, from where the last run came to, through the copier, into the file of positions.
/// <code>
/// events of the source ─┐
///                       ├─ SelectAsync(n): one lane a key ─ positions ─ at most 5 times a second ─ file
/// events of the target ─┘
/// </code>
/// <c>SelectAsync</c> passes events on in their order, each when it is done with: so a position that comes out has
/// everything up to it behind it, and may be remembered. The copier brings a key to its present state whatever the
/// event was: to see an event twice, after a crash, is harmless. The target's events are there to find what others do
/// to the copy; its own writes it knows.
/// </summary>
internal sealed class CopyPipeline(
    CiaosClient source, CiaosClient target, Copier copier, CopySettings settings, PositionFile file)
{
    private const int MaxPositions = 1000;

    private static readonly TimeSpan SaveInterval = TimeSpan.FromMilliseconds(200);

    private readonly KeyLanes _lanes = new();

    /// <returns>What stops it, and what tells that it has ended.</returns>
    public (UniqueKillSwitch Stop, Task Done) Run(IMaterializer materializer) =>
        Events(source, Side.Source, file.Positions.Source)
            .Merge(Events(target, Side.Target, file.Positions.Target))
            .ViaMaterialized(KillSwitches.Single<Change>(), Keep.Right)
            .SelectAsync(settings.Parallelism, CopyAsync)
            .Scan(file.Positions, (positions, change) => positions.Behind(change))
            .GroupedWithin(MaxPositions, SaveInterval)
            .SelectAsync(1, positions => file.SaveAsync(positions.Last()))
            .ToMaterialized(Sink.Ignore<Positions>(), Keep.Both)
            .Run(materializer);

    private Source<Change, NotUsed> Events(CiaosClient client, Side side, string after) =>
        CiaosSource.Events(client, after, settings.Prefix, follow: !settings.IsOnce)
            .Select(found => new Change(side, found));

    private async Task<Change> CopyAsync(Change change)
    {
        if (change.Event.Kind is not StoreEventKind.Position)
            await _lanes.RunAsync(change.Event.Key, () => copier.SynchroniseAsync(change));
        return change;
    }
}
