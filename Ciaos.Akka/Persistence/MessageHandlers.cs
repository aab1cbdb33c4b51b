namespace Akka.Persistence;

/// <summary>
/// The handlers of one behaviour, in the order in which they were declared: the first whose type and condition fit
/// takes the message. Which handlers fit a type is found once per type.
/// </summary>
internal sealed class MessageHandlers
{
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<Type, Func<object, bool>[]> _byMessageType = [];
    private bool _takesAll;

    public void Add<T>(Predicate<T>? shouldHandle, Action<T> handler) => Add(typeof(T), message =>
    {
        var typed = (T)message;
        if (shouldHandle is not null && !shouldHandle(typed)) return false;
        handler(typed);
        return true;
    });

    public void Add(Type messageType, Predicate<object>? shouldHandle, Action<object> handler) => Add(
        messageType,
        message =>
        {
            if (shouldHandle is not null && !shouldHandle(message)) return false;
            handler(message);
            return true;
        });

    public void Add(Type messageType, Func<object, bool> handler)
    {
        ThrowIfComplete();
        _entries.Add(new Entry(messageType, handler));
    }

    public void AddAny(Action<object> handler)
    {
        Add(typeof(object), null, handler);
        _takesAll = true;
    }

    public bool TryHandle(object message)
    {
        var type = message.GetType();
        if (!_byMessageType.TryGetValue(type, out var handlers))
        {
            handlers = _entries.Where(e => e.MessageType.IsAssignableFrom(type)).Select(e => e.Handler).ToArray();
            _byMessageType[type] = handlers;
        }

        foreach (var handler in handlers)
        {
            if (handler(message)) return true;
        }

        return false;
    }

    private void ThrowIfComplete()
    {
        if (_takesAll)
        {
            throw new InvalidOperationException(
                "A handler that catches all messages has been added. No handler can be added after that.");
        }
    }

    private readonly record struct Entry(Type MessageType, Func<object, bool> Handler);
}
