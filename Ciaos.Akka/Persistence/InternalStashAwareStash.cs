using Akka.Actor;

namespace Akka.Persistence;

/// <summary>
/// The user's stash of a persistent actor. Commands that waited for a persist lie in the internal stash and are taken
/// from there one by one, so what the user unstashes has to go before them, not straight into the mailbox.
/// </summary>
internal sealed class InternalStashAwareStash(IStash userStash, IStash internalStash) : IStash
{
    public int Count => userStash.Count;

    public bool IsEmpty => userStash.IsEmpty;

    public bool NonEmpty => userStash.NonEmpty;

    public bool IsFull => userStash.IsFull;

    public int Capacity => userStash.Capacity;

    public void Stash() => userStash.Stash();

    public void Unstash() => userStash.Unstash();

    public void UnstashAll() => internalStash.Prepend(userStash.ClearStash());

    public void UnstashAll(Func<Envelope, bool> predicate) => userStash.UnstashAll(predicate);

    public IEnumerable<Envelope> ClearStash() => userStash.ClearStash();

    public void Prepend(IEnumerable<Envelope> envelopes) => userStash.Prepend(envelopes);
}
