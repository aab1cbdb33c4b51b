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

    /// <summary>It is in the catalog.</summary>
    public bool IsApplied { get; set; }

    /// <summary>It is in volumes too, or nobody is to wait for that any longer.</summary>
    public bool IsRecorded { get; set; }
}
