using Akka.Pattern;

namespace Akka.Persistence.Journal;

/// <summary>Turns a domain event into what is stored.</summary>
public interface IWriteEventAdapter
{
    /// <summary>A hint that is stored with the event and given to the reading side; empty if none is needed.</summary>
    string Manifest(object evt);

    object ToJournal(object evt);
}

/// <summary>Turns what is stored into domain events: none, one or several.</summary>
public interface IReadEventAdapter
{
    IEventSequence FromJournal(object evt, string manifest);
}

/// <summary>Stands between the events of the domain and those of the journal.</summary>
public interface IEventAdapter : IWriteEventAdapter, IReadEventAdapter
{
}

/// <summary>Stores events as they are.</summary>
[Serializable]
public sealed class IdentityEventAdapter : IEventAdapter
{
    private IdentityEventAdapter()
    {
    }

    public static IdentityEventAdapter Instance { get; } = new();

    public string Manifest(object evt) => string.Empty;

    public object ToJournal(object evt) => evt;

    public IEventSequence FromJournal(object evt, string manifest) => EventSequence.Single(evt);
}

/// <summary>Reads with several adapters and gives what all of them make of an event. It cannot write.</summary>
[Serializable]
public sealed class CombinedReadEventAdapter : IEventAdapter
{
    public CombinedReadEventAdapter(IEnumerable<IEventAdapter> adapters)
    {
        Adapters = adapters.ToArray();
    }

    public IEnumerable<IEventAdapter> Adapters { get; }

    public string Manifest(object evt) => throw CannotWrite();

    public object ToJournal(object evt) => throw CannotWrite();

    public IEventSequence FromJournal(object evt, string manifest) =>
        EventSequence.Create(Adapters.SelectMany(adapter => adapter.FromJournal(evt, manifest).Events));

    private static IllegalStateException CannotWrite() =>
        new("CombinedReadEventAdapter must not be used when writing (creating manifests) events!");
}

/// <summary>Writes events as they are, and reads with an adapter.</summary>
internal sealed class ReadOnlyEventAdapter(IReadEventAdapter reader) : IEventAdapter
{
    public string Manifest(object evt) => string.Empty;

    public object ToJournal(object evt) => evt;

    public IEventSequence FromJournal(object evt, string manifest) => reader.FromJournal(evt, manifest);
}

/// <summary>Writes with an adapter, and reads events as they are.</summary>
internal sealed class WriteOnlyEventAdapter(IWriteEventAdapter writer) : IEventAdapter
{
    public string Manifest(object evt) => writer.Manifest(evt);

    public object ToJournal(object evt) => writer.ToJournal(evt);

    public IEventSequence FromJournal(object evt, string manifest) => EventSequence.Single(evt);
}

/// <summary>Joins one object's two halves.</summary>
internal sealed class ReadWriteEventAdapter(IReadEventAdapter reader, IWriteEventAdapter writer) : IEventAdapter
{
    public string Manifest(object evt) => writer.Manifest(evt);

    public object ToJournal(object evt) => writer.ToJournal(evt);

    public IEventSequence FromJournal(object evt, string manifest) => reader.FromJournal(evt, manifest);
}
