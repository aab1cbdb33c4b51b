using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>
/// Brings the replies of a journal into the order of the requests: writes may end in any order, but what an actor
/// hears must not depend on that. One thread at a time delivers, so that no two overtake each other on the way.
/// </summary>
internal sealed class InOrder
{
    private readonly object _gate = new();
    private readonly Dictionary<long, Reply[]> _ended = [];
    private long _next = 1;
    private bool _isDelivering;

    public readonly record struct Reply(IActorRef To, object Message, IActorRef? Sender);

    /// <param name="number">Of the request; requests are counted from 1.</param>
    public void Deliver(long number, Reply[] replies)
    {
        lock (_gate)
        {
            _ended.Add(number, replies);
            if (_isDelivering) return;
            _isDelivering = true;
        }

        while (TakeNext() is { } turn)
        {
            foreach (var reply in turn) reply.To.Tell(reply.Message, reply.Sender!);
        }
    }

    private Reply[]? TakeNext()
    {
        lock (_gate)
        {
            if (_ended.Remove(_next, out var replies))
            {
                _next++;
                return replies;
            }

            _isDelivering = false;
            return null;
        }
    }
}
