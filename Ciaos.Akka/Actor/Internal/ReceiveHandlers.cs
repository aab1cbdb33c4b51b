namespace Akka.Actor.Internal;

/// <summary>Called by the cell when the constructor of the actor has returned.</summary>
public interface IInitializableActor
{
    void Init();
}

/// <summary>
/// The handlers of one behaviour of a <see cref="ReceiveActor"/>. Which handlers can apply to a message type is
/// computed when the type is first seen and then looked up, so a long list costs no more than a short one.
/// </summary>
internal sealed class ReceiveHandlers
{
    private readonly ReceiveActor _owner;
    private readonly List<(Type Type, Func<object, bool> Handle)> _handlers = [];
    private readonly Dictionary<Type, Func<object, bool>[]> _byType = [];
    private bool _takesAny;
    private Type? _lastType;
    private Func<object, bool>[] _lastChain = [];

    public ReceiveHandlers(ReceiveActor owner) => _owner = owner;

    public void Add<T>(Action<T> handler, Predicate<T>? shouldHandle)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (shouldHandle is null)
        {
            Add(typeof(T), message =>
            {
                handler((T)message);
                return true;
            });
        }
        else
        {
            Add(typeof(T), message =>
            {
                if (!shouldHandle((T)message)) return false;
                handler((T)message);
                return true;
            });
        }

        if (shouldHandle is null && typeof(T) == typeof(object)) _takesAny = true;
    }

    public void Add<T>(Func<T, bool> handler) => Add(typeof(T), message => handler((T)message));

    public void Add(Type messageType, Action<object> handler, Predicate<object>? shouldHandle)
    {
        Add(messageType, message =>
        {
            if (shouldHandle is not null && !shouldHandle(message)) return false;
            handler(message);
            return true;
        });
        if (shouldHandle is null && messageType == typeof(object)) _takesAny = true;
    }

    public void AddAny(Action<object> handler) => Add(handler, shouldHandle: null);

    public void Add(Type messageType, Func<object, bool> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (_takesAny)
        {
            throw new InvalidOperationException(
                "A handler that catches all messages has been added. No handler can be added after that.");
        }

        _handlers.Add((messageType, handler));
    }

    /// <summary>The behaviour: always handled, for what no handler wants is given to Unhandled.</summary>
    public bool Receive(object message)
    {
        var type = message.GetType();
        var chain = type == _lastType ? _lastChain : ChainFor(type);
        foreach (var handle in chain)
        {
            if (handle(message)) return true;
        }

        _owner.HandleUnhandled(message);
        return true;
    }

    private Func<object, bool>[] ChainFor(Type type)
    {
        if (!_byType.TryGetValue(type, out var found))
        {
            found = _handlers.Where(one => one.Type.IsAssignableFrom(type)).Select(one => one.Handle).ToArray();
            _byType.Add(type, found);
        }

        _lastType = type;
        return _lastChain = found;
    }
}
