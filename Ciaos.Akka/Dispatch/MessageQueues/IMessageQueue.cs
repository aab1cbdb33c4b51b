using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>Many threads add; one at a time takes.</summary>
public interface IMessageQueue
{
    bool HasMessages { get; }

    int Count { get; }

    void Enqueue(IActorRef receiver, Envelope envelope);

    bool TryDequeue(out Envelope envelope);

    /// <summary>The actor has stopped: what is left goes to dead letters.</summary>
    void CleanUp(IActorRef owner, IMessageQueue deadletters);
}
