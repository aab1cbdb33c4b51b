using Akka.Actor.Internal;
using Akka.Annotations;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>What a reference needs of the cell behind it.</summary>
[InternalApi]
public interface ICell
{
    IActorRef Self { get; }

    ActorSystem System { get; }

    ActorSystemImpl SystemImpl { get; }

    IInternalActorRef Parent { get; }

    Props Props { get; }

    bool IsLocal { get; }

    bool IsTerminated { get; }

    bool HasMessages { get; }

    int NumberOfMessages { get; }

    void Start();

    void Suspend();

    void Resume(Exception? causedByFailure);

    void Restart(Exception cause);

    void Stop();

    void SendMessage(IActorRef? sender, object message);

    void SendSystemMessage(ISystemMessage message);

    IInternalActorRef GetSingleChild(string name);

    bool TryGetChildStatsByName(string name, out IChildStats child);
}
