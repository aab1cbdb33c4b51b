using System.Collections.Immutable;

namespace Akka.Persistence.Journal;

/// <summary>
/// What a write adapter wraps an event in to have it found by tags. The journal stores the event and its tags apart.
/// </summary>
public struct Tagged
{
    public Tagged(object payload, IEnumerable<string> tags)
        : this(payload, tags.ToImmutableHashSet())
    {
    }

    public Tagged(object payload, IImmutableSet<string> tags)
    {
        Payload = payload;
        Tags = tags;
    }

    public object Payload { get; }

    public IImmutableSet<string> Tags { get; }
}
