namespace Akka.Actor.Internal;

/// <summary>A question that waits for its answer, its timeout or its cancellation, whichever comes first.</summary>
internal sealed class PendingAsk<T> : FutureActorRef<T>
{
    private readonly ISystemRuntime? _runtime;
    private ScheduledCall _timeout;
    private CancellationTokenRegistration _cancellation;

    private PendingAsk(IActorRefProvider provider, ISystemRuntime? runtime)
        : base(provider, Continuations.Options(runtime)) => _runtime = runtime;

    public PendingAsk<T> Ref => this;

    public Task<T> Task => Result.Task;

    public static PendingAsk<T> Start(
        IActorRefProvider provider, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var ask = new PendingAsk<T>(provider, (provider.Settings.System as ActorSystemImpl)?.Runtime);
        var limit = timeout ?? provider.Settings.AskTimeout;
        if (limit >= TimeSpan.Zero)
        {
            ask._timeout = ScheduledCall.Run(provider.Settings.System.Scheduler, limit, new AskTimeout(ask, limit));
        }

        if (cancellationToken.CanBeCanceled)
        {
            ask._cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((PendingAsk<T>)state!).Cancel(token), ask);
        }

        return ask;
    }

    protected override void TellInternal(object message, IActorRef? sender)
    {
        if (_runtime is { } runtime) runtime.Post(() => base.TellInternal(message, sender));
        else base.TellInternal(message, sender);
    }

    private protected override void OnCompleted()
    {
        base.OnCompleted();
        _timeout.Cancel();
        _cancellation.Unregister();
    }

    private void Cancel(CancellationToken token)
    {
        if (!Result.TrySetCanceled(token)) return;
        base.OnCompleted();
        _timeout.Cancel();
    }

    private sealed class AskTimeout(PendingAsk<T> ask, TimeSpan limit) : WheelTimeout
    {
        public override void Fire()
        {
            var timedOut = new AskTimeoutException($"Timeout after {limit} seconds");
            if (ask.Result.TrySetException(timedOut)) ask.OnCompleted();
        }
    }
}
