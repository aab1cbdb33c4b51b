using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>
/// Completes a task with the first message that it gets. It only gets a path if somebody asks for it.
/// </summary>
public class FutureActorRef<T> : MinimalActorRef
{
    private readonly TaskCompletionSource<T> _result;
    private readonly IActorRefProvider _provider;
    private ActorPath? _path;
    private volatile bool _isRegistered;

    public FutureActorRef(TaskCompletionSource<T> result, ActorPath path, IActorRefProvider provider)
    {
        _result = result;
        _path = path;
        _provider = provider;
    }

    private protected FutureActorRef(IActorRefProvider provider, TaskCreationOptions options)
        : this(new TaskCompletionSource<T>(options), null!, provider)
    {
    }

    public override ActorPath Path => Volatile.Read(ref _path) ?? Register();

    public override IActorRefProvider Provider => _provider;

    internal TaskCompletionSource<T> Result => _result;

    public virtual void DeliverAsk(object message, ICanTell destination) => destination.Tell(message, this);

    protected override void TellInternal(object message, IActorRef? sender)
    {
        if (!Complete(message) && !_result.Task.IsCanceled) _provider.DeadLetters.Tell(message, this);
    }

    private protected override void ReceiveSystemMessage(ISystemMessage message)
    {
        if (message is Watch watch && watch.Watchee.Equals(this) && _result.Task.IsCompleted)
        {
            watch.Watcher.SendSystemMessage(
                new DeathWatchNotification(this, existenceConfirmed: true, addressTerminated: false));
        }
    }

    /// <summary>Called once, by whoever completed the task.</summary>
    private protected virtual void OnCompleted()
    {
        if (_isRegistered) _provider.UnregisterTempActor(_path!);
    }

    private bool Complete(object message)
    {
        var isNew = message switch
        {
            ISystemMessage => _result.TrySetException(new InvalidOperationException(
                $"system message of type '{message.GetType().Name}' is invalid for {nameof(FutureActorRef<T>)}")),
            T reply => _result.TrySetResult(reply),
            Status.Failure failure => _result.TrySetException(
                failure.Cause ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
#pragma warning disable CS0618 // Still understood.
            Failure failure => _result.TrySetException(
                failure.Exception ?? new TaskCanceledException("Task cancelled by actor via Failure message.")),
#pragma warning restore CS0618
            _ => _result.TrySetException(new ArgumentException(
                $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]")),
        };
        if (isNew) OnCompleted();
        return isNew;
    }

    private ActorPath Register()
    {
        var path = _provider.TempPath();
        if (Interlocked.CompareExchange(ref _path, path, null) is { } earlier) return earlier;
        _provider.RegisterTempActor(this, path);
        _isRegistered = true;
        if (_result.Task.IsCompleted) _provider.UnregisterTempActor(path);
        return path;
    }
}
