using Akka.Actor;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Index;

/// <summary>What is to happen when a change is durable and in the catalog.</summary>
/// <param name="Client">Who gets <paramref name="Reply"/>, or is told when it fails; null: nobody.</param>
/// <param name="Then">Done in place of sending the reply.</param>
internal readonly record struct Waiting(IActorRef? Client, object? Reply, Action? Then = null);

/// <summary>Events that are journalled in one transaction and applied in one, with all who wait for that.</summary>
internal sealed class ShardBatch(long fromSequence)
{
    /// <summary>The last event before the batch.</summary>
    public long FromSequence { get; } = fromSequence;

    public long ToSequence => FromSequence + Events.Count;

    public List<IKeyEvent> Events { get; } = [];

    public List<CatalogChange> Changes { get; } = [];

    /// <summary>The keys that it changes, and what it makes of them.</summary>
    public Dictionary<KeyName, ObjectState?> States { get; } = [];

    public List<Waiting> Waiting { get; } = [];

    /// <summary>Its writes that have a token.</summary>
    public Dictionary<(KeyName Name, string Token), RememberedWrite> Remembered { get; } = [];

    public int Segments { get; set; }

    public int Persisted { get; set; }

    /// <summary>Nobody waits for it to be in the catalog: it is visible as soon as it is journalled.</summary>
    public bool IsLazy { get; set; }

    /// <summary>It is in the catalog, or may get there later.</summary>
    public bool IsVisible { get; set; }

    /// <summary>It is in volumes too, or nobody is to wait for that any longer.</summary>
    public bool IsRecorded { get; set; }

    /// <summary>What is to be done once it is in the catalog, of a batch that is visible before.</summary>
    public List<Action> OnceApplied { get; } = [];

    /// <summary>
    /// The catalog can have it later: it changes nothing but rows of objects that hold all there is to know of them, so
    /// that the shard can answer for them without the catalog, and nobody waits for more.
    /// </summary>
    public bool CanBeLazy => Changes.TrueForAll(IsLight) && !Waiting.Exists(waiting => waiting.Then is not null);

    private static bool IsLight(CatalogChange change) => change switch
    {
        CatalogChange.SetObject { State: var state } => !state.HasRows && !state.IsVersioned && state.Move is null,
        CatalogChange.RemoveObject or CatalogChange.AddUsage => true,
        _ => false,
    };
}
