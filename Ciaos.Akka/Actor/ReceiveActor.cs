using Akka.Actor.Internal;
using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>
/// An actor that declares its handlers by message type, in its constructor and in the methods given to Become.
/// The first declared handler that wants a message gets it.
/// </summary>
public abstract class ReceiveActor : UntypedActor, IInitializableActor
{
    private readonly Stack<ReceiveHandlers> _declaring = new();
    private readonly ReceiveHandlers _initial;

    protected ReceiveActor()
    {
        _initial = new ReceiveHandlers(this);
        _declaring.Push(_initial);
        base.Become((Receive)_initial.Receive);
    }

    void IInitializableActor.Init() => _declaring.Pop();

    protected sealed override void OnReceive(object message) => _initial.Receive(message);

    protected void Become(Action configure) => base.Become((Receive)Declare(configure).Receive);

    protected void BecomeStacked(Action configure) => base.BecomeStacked((Receive)Declare(configure).Receive);

    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) =>
        Declaring().Add(handler, shouldHandle);

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    /// <param name="handler">Returns false to leave the message to later handlers.</param>
    protected void Receive<T>(Func<T, bool> handler) => Declaring().Add(handler);

    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Declaring().Add(messageType, handler, shouldHandle);

    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Receive(messageType, handler, shouldHandle);

    protected void Receive(Type messageType, Func<object, bool> handler) => Declaring().Add(messageType, handler);

    /// <summary>Handles everything that comes past the handlers before it. None can be declared after it.</summary>
    protected void ReceiveAny(Action<object> handler) => Declaring().AddAny(handler);

    /// <summary>No other message is handled until the task of the handler has completed.</summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Receive(WrapAsync(handler), shouldHandle);

    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) =>
        Receive(WrapAsync(handler), shouldHandle);

    protected void ReceiveAsync(
        Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Receive(messageType, WrapAsync(handler), shouldHandle);

    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        Receive(messageType, WrapAsync(handler), shouldHandle);

    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAny(WrapAsync(handler));

    internal void HandleUnhandled(object message) => Unhandled(message);

    private static Action<T> WrapAsync<T>(Func<T, Task> handler) =>
        message => ActorTaskScheduler.RunTask(() => handler(message));

    private ReceiveHandlers Declare(Action configure)
    {
        _declaring.Push(new ReceiveHandlers(this));
        configure();
        return _declaring.Pop();
    }

    private ReceiveHandlers Declaring() =>
        _declaring.TryPeek(out var handlers)
            ? handlers
            : throw new InvalidOperationException(
                "You may only call Receive-methods when constructing the actor and inside Become().");
}
