using Akka.Actor;
using Akka.Actor.Internal;

namespace Akka.Persistence;

/// <summary>
/// A persistent actor that declares, in its constructor, a handler for each type of command and of event. A new
/// behaviour (<see cref="Become"/>) has its own command handlers; the recovery handlers stay.
/// </summary>
public abstract class ReceivePersistentActor : UntypedPersistentActor, IInitializableActor
{
    private readonly MessageHandlers _recover = new();
    private readonly MessageHandlers _commands = new();

    // Not null while handlers may be declared: in the constructor, and in the action given to Become.
    private MessageHandlers? _declaring;

    protected ReceivePersistentActor()
    {
        _declaring = _commands;
    }

    void IInitializableActor.Init() => _declaring = null;

    protected sealed override void OnCommand(object message) => Execute(_commands, message);

    protected sealed override void OnRecover(object message) => Execute(_recover, message);

    /// <summary>Replaces the command handlers by those that the action declares.</summary>
    protected void Become(Action configure)
    {
        var handlers = Declare(configure);
        Become(message => Execute(handlers, message));
    }

    /// <summary>As Become, but UnbecomeStacked goes back.</summary>
    protected void BecomeStacked(Action configure)
    {
        var handlers = Declare(configure);
        BecomeStacked(message => Execute(handlers, message));
    }

    protected void Recover<T>(Action<T> handler, Predicate<T>? shouldHandle = null) =>
        RecoverHandlers().Add(shouldHandle, handler);

    protected void Recover<T>(Predicate<T> shouldHandle, Action<T> handler) => Recover(handler, shouldHandle);

    protected void Recover(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        RecoverHandlers().Add(messageType, shouldHandle, handler);

    protected void Recover(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Recover(messageType, handler, shouldHandle);

    protected void Recover<T>(Func<T, bool> handler) =>
        RecoverHandlers().Add(typeof(T), message => handler((T)message));

    protected void Recover(Type messageType, Func<object, bool> handler) => RecoverHandlers().Add(messageType, handler);

    protected void RecoverAny(Action<object> handler) => RecoverHandlers().AddAny(handler);

    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null) =>
        CommandHandlers().Add(shouldHandle, handler);

    protected void Command<T>(Predicate<T> shouldHandle, Action<T> handler) => Command(handler, shouldHandle);

    protected void Command(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        CommandHandlers().Add(messageType, shouldHandle, handler);

    protected void Command(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Command(messageType, handler, shouldHandle);

    protected void Command<T>(Func<T, bool> handler) =>
        CommandHandlers().Add(typeof(T), message => handler((T)message));

    protected void Command(Type messageType, Func<object, bool> handler) => CommandHandlers().Add(messageType, handler);

    protected void Command(Action<object> handler) => CommandAny(handler);

    protected void CommandAny(Action<object> handler) => CommandHandlers().AddAny(handler);

    protected void CommandAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Command<T>(message => RunTask(() => handler(message)), shouldHandle);

    protected void CommandAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) =>
        CommandAsync(handler, shouldHandle);

    protected void CommandAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Command(messageType, message => RunTask(() => handler(message)), shouldHandle);

    protected void CommandAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        CommandAsync(messageType, handler, shouldHandle);

    protected void CommandAnyAsync(Func<object, Task> handler) =>
        CommandAny(message => RunTask(() => handler(message)));

    private void Execute(MessageHandlers handlers, object message)
    {
        if (!handlers.TryHandle(message)) Unhandled(message);
    }

    private MessageHandlers Declare(Action configure)
    {
        var handlers = new MessageHandlers();
        var outer = _declaring;
        _declaring = handlers;
        try
        {
            configure();
        }
        finally
        {
            _declaring = outer;
        }

        return handlers;
    }

    private MessageHandlers CommandHandlers() => _declaring ?? throw NotDeclaring("Command");

    private MessageHandlers RecoverHandlers() => _declaring is null ? throw NotDeclaring("Recover") : _recover;

    private static InvalidOperationException NotDeclaring(string method) => new(
        $"You may only call {method}-methods when constructing the actor and inside Become().");
}
