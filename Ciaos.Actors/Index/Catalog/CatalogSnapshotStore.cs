using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Snapshot;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// The catalog as snapshot store: it offers the event up to which it has applied a journal, so that recovery replays
/// only what came after. It stores nothing, since the catalog writes that down with every batch.
/// </summary>
public sealed class CatalogSnapshotStore : SnapshotStore
{
    private readonly CatalogExtension _catalog = CatalogExtension.For(Context.System);

    // What an earlier incarnation of the actor has sent to the catalog's writer comes first.
    protected override async Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria)
    {
        if (_catalog.Writer is { } writer) await writer.Ask<CatalogProtocol.Settled>(CatalogProtocol.Settle.Instance);
        var applied = _catalog.Readers.Read(reader => reader.AppliedSequence(persistenceId));
        return applied == 0 || applied > criteria.MaxSequenceNr
            ? null
            : new SelectedSnapshot(
                new SnapshotMetadata(persistenceId, applied, DateTime.UnixEpoch), new CatalogPosition(applied));
    }

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot) =>
        throw new NotSupportedException("The catalog is its own snapshot");

    protected override Task DeleteAsync(SnapshotMetadata metadata) => Task.CompletedTask;

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria) => Task.CompletedTask;
}

/// <summary>What the snapshot store offers: all events up to this one are in the catalog.</summary>
internal sealed record CatalogPosition(long AppliedSequence);

/// <summary>Lets the snapshot store, which the persistence extension makes, find the open catalog.</summary>
internal sealed class CatalogExtension : IExtension
{
    private volatile CatalogReaders? _readers;

    public CatalogReaders Readers
    {
        get => _readers ?? throw new InvalidOperationException("The catalog is not open");
        set => _readers = value;
    }

    /// <summary>Null where the catalog is only read.</summary>
    public IActorRef? Writer { get; set; }

    public static CatalogExtension For(ActorSystem system) =>
        system.WithExtension<CatalogExtension, CatalogExtensionId>();
}

internal sealed class CatalogExtensionId : ExtensionIdProvider<CatalogExtension>
{
    public override CatalogExtension CreateExtension(ExtendedActorSystem system) => new();
}
