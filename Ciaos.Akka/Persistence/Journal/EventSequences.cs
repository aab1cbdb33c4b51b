namespace Akka.Persistence.Journal;

/// <summary>What a read adapter makes of one stored event.</summary>
public interface IEventSequence
{
    IEnumerable<object> Events { get; }
}

/// <summary>No event at all.</summary>
public interface IEmptyEventSequence : IEventSequence
{
}

public static class EventSequence
{
    /// <summary>The stored event is to be ignored.</summary>
    public static IEventSequence Empty = EmptyEventSequence.Instance;

    public static IEventSequence Single(object e) => new SingleEventSequence(e);

    public static IEventSequence Create(params object[] events) => new EventSequence<object>(events);

    public static IEventSequence Create(IEnumerable<object> events) => new EventSequence<object>(events);
}

[Serializable]
public sealed class EmptyEventSequence : IEmptyEventSequence, IEquatable<IEventSequence>
{
    public static readonly EmptyEventSequence Instance = new();

    private EmptyEventSequence()
    {
    }

    public IEnumerable<object> Events => [];

    public bool Equals(IEventSequence? other) => other is EmptyEventSequence;

    public override bool Equals(object? obj) => obj is EmptyEventSequence;
}

[Serializable]
public class EventSequence<T> : IEventSequence, IEquatable<IEventSequence>
{
    private readonly List<object> _events;

    public EventSequence(IEnumerable<object> events)
    {
        _events = events.ToList();
    }

    public IEnumerable<object> Events => _events;

    public bool Equals(IEventSequence? other) => other is not null && _events.SequenceEqual(other.Events);

    public override bool Equals(object? obj) => Equals(obj as IEventSequence);
}

[Serializable]
public struct SingleEventSequence : IEventSequence, IEquatable<IEventSequence>
{
    private readonly object[] _events;

    public SingleEventSequence(object e)
    {
        _events = [e];
    }

    public IEnumerable<object> Events => _events;

    public bool Equals(IEventSequence? other) => other is not null && _events.SequenceEqual(other.Events);

    public override bool Equals(object? obj) => Equals(obj as IEventSequence);
}
