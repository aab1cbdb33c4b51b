using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>Owns the messages of one inbox and the requests for them; both are first come, first served.</summary>
internal sealed class InboxActor : ActorBase
{
    private readonly int _size;
    private readonly LinkedList<object> _messages = new();
    private readonly LinkedList<Request> _requests = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _hasWarned;

    public InboxActor(int size) => _size = size;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Get get:
                Answer(get);
                break;
            case TimedOut timedOut:
                GiveUp(timedOut.Request);
                break;
            case StartWatch { Message: null } watch:
                Context.Watch(watch.Subject);
                break;
            case StartWatch watch:
                Context.WatchWith(watch.Subject, watch.Message);
                break;
            case StopWatch watch:
                Context.Unwatch(watch.Subject);
                break;
            default:
                Keep(message);
                break;
        }

        return true;
    }

    protected override void PostStop()
    {
        foreach (var request in _requests)
        {
            request.Limit.Cancel();
            request.Client.Tell(new Status.Failure(new ObjectDisposedException(nameof(Inbox))));
        }
    }

    private void Answer(Get get)
    {
        for (var node = _messages.First; node is not null; node = node.Next)
        {
            if (get.Predicate is { } wanted && !wanted(node.Value)) continue;
            _messages.Remove(node);
            Sender.Tell(node.Value);
            return;
        }

        var request = new Request(Sender, get);
        request.Limit = ScheduledCall.Tell(
            Context.System.Scheduler, get.Timeout > TimeSpan.Zero ? get.Timeout : TimeSpan.Zero, Self,
            new TimedOut(request), Self);
        _requests.AddLast(request);
    }

    private void Keep(object message)
    {
        for (var node = _requests.First; node is not null; node = node.Next)
        {
            if (node.Value.Get.Predicate is { } wanted && !wanted(message)) continue;
            _requests.Remove(node);
            node.Value.Limit.Cancel();
            node.Value.Client.Tell(message);
            return;
        }

        if (_messages.Count < _size)
        {
            _messages.AddLast(message);
        }
        else if (!_hasWarned)
        {
            _hasWarned = true;
            _log.Warning(
                "Dropping message: Inbox size has been exceeded, use akka.actor.inbox.inbox-size to increase maximum "
                + "allowed inbox size. Current is {0}", _size);
        }
    }

    private void GiveUp(Request request)
    {
        if (!_requests.Remove(request)) return;
        request.Client.Tell(new Status.Failure(new TimeoutException(
            $"Inbox {Self.Path} didn't receive a response message in specified timeout {request.Get.Timeout}")));
    }

    public sealed record Get(Predicate<object>? Predicate, TimeSpan Timeout) : INoSerializationVerificationNeeded;

    public sealed record StartWatch(IActorRef Subject, object? Message) : INoSerializationVerificationNeeded;

    public sealed record StopWatch(IActorRef Subject) : INoSerializationVerificationNeeded;

    private sealed record TimedOut(Request Request) : INoSerializationVerificationNeeded;

    private sealed class Request(IActorRef client, Get get)
    {
        public IActorRef Client { get; } = client;

        public Get Get { get; } = get;

        public ScheduledCall Limit { get; set; }
    }
}
