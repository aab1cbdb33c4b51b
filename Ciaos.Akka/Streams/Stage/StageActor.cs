using Akka.Actor;
using Akka.Event;
using Akka.Streams.Implementation;

namespace Akka.Streams.Stage;

public static class StageActorRef
{
    /// <summary>Handles a message to a stage's actor: its sender, and the message.</summary>
    public delegate void Receive((IActorRef, object) args);
}

public class StageActorRefNotInitializedException : Exception
{
    public static readonly StageActorRefNotInitializedException Instance = new();

    private StageActorRefNotInitializedException()
        : base("You must first call GetStageActor(StageActorRef.Receive), to initialize the actor's behavior")
    {
    }
}

/// <summary>
/// A reference whose messages become events of a stage. It watches and can be watched like an actor;
/// <see cref="Terminated"/> is delivered to its handler.
/// </summary>
public sealed class StageActor
{
    private readonly StageFunctionRef _ref;
    private StageActorRef.Receive _behavior;

    /// <param name="materializer">Its supervisor's path is the parent of the reference's path.</param>
    /// <param name="getAsyncCallback">Makes a handler callable from any thread.</param>
    /// <param name="initialReceive">What to do with messages until another behaviour is set.</param>
    /// <param name="name">The reference's name; a counter if null.</param>
    public StageActor(
        ActorMaterializer materializer,
        Func<StageActorRef.Receive, Action<(IActorRef, object)>> getAsyncCallback,
        StageActorRef.Receive initialReceive,
        string? name = null)
    {
        _behavior = initialReceive;
        var callback = getAsyncCallback(message => _behavior(message));
        _ref = new StageFunctionRef(materializer, name, (sender, message) =>
        {
            if (message is PoisonPill or Kill)
            {
                materializer.Logger.Warning(
                    "{0} message sent to StageActor({1}) will be ignored, since it is not a real Actor. "
                    + "Use a custom message type to communicate with it instead.",
                    message,
                    _ref!.Path);
                return;
            }

            callback((sender, message));
        });
    }

    public IActorRef Ref => _ref;

    /// <summary>Has the handler told when the actor dies, by one <see cref="Terminated"/>.</summary>
    public void Watch(IActorRef actorRef) => _ref.Watch(actorRef);

    public void Unwatch(IActorRef actorRef) => _ref.Unwatch(actorRef);

    public void Become(StageActorRef.Receive receive) => _behavior = receive;

    public void Stop() => _ref.Stop();
}
