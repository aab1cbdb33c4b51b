using System.Collections.Immutable;
using Akka.Actor;
using Akka.Annotations;

namespace Akka.Persistence.Journal;

/// <summary>Where events pass through the adapters, on their way into a journal and out of it.</summary>
public abstract class WriteJournalBase : ActorBase
{
    private readonly EventAdapters _adapters;

    protected WriteJournalBase()
    {
        _adapters = Persistence.Instance.Apply(Context.System).AdaptersFor(Self);
    }

    /// <summary>The atomic writes among the envelopes, adapted, and without senders: those are not stored.</summary>
    protected IEnumerable<AtomicWrite> PreparePersistentBatch(IEnumerable<IPersistentEnvelope> resequenceables)
    {
        foreach (var envelope in resequenceables)
        {
            if (envelope is not AtomicWrite write) continue;
            var events = write.Events;
            var adapted = ImmutableArray.CreateBuilder<IPersistentRepresentation>(events.Count);
            for (var i = 0; i < events.Count; i++)
            {
                var e = events[i];
                adapted.Add(AdaptToJournal(
                    e.Update(e.SequenceNr, e.PersistenceId, e.IsDeleted, ActorRefs.NoSender, e.WriterGuid)));
            }

            yield return new AtomicWrite(adapted.MoveToImmutable());
        }
    }

    [InternalApi]
    protected IEnumerable<IPersistentRepresentation> AdaptFromJournal(IPersistentRepresentation representation)
    {
        var adapter = _adapters.Get(representation.Payload.GetType());
        return ReferenceEquals(adapter, IdentityEventAdapter.Instance)
            ? [representation]
            : adapter.FromJournal(representation.Payload, representation.Manifest).Events
                .Select(representation.WithPayload);
    }

    /// <summary>A manifest that is already there is kept if no adapter gives another.</summary>
    protected IPersistentRepresentation AdaptToJournal(IPersistentRepresentation representation)
    {
        var payload = representation.Payload;
        var adapter = _adapters.Get(payload.GetType());
        return adapter is IdentityEventAdapter or ReadOnlyEventAdapter
            ? representation
            : representation.WithPayload(adapter.ToJournal(payload)).WithManifest(adapter.Manifest(payload));
    }
}
