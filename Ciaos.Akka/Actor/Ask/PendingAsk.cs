namespace Akka.Actor.Internal;

/// <summary>A question that waits for its answer, its timeout or its cancellation, whichever comes first.</summary>
internal sealed class PendingAsk<T> : FutureActorRef<T>
{
    private ScheduledCall _timeout;
    private CancellationTokenRegistration _cancellation;

    private PendingAsk(IActorRefProvider provider)
        : base(provider)
    {
    }

    public PendingAsk<T> Ref => this;

    public Task<T> Task => Result.Task;

    public static PendingAsk<T> Start(
        IActorRefProvider provider, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var ask = new PendingAsk<T>(provider);
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

    private protected override void OnCompleted()
    {
        base.OnCompleted();
        _timeout.Cancel();
        _cancellation.Dispose();
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
            if (ask.Result.TrySetException(new AskTimeoutException($"Timeout after {limit} seconds"))) ask.OnCompleted();
        }
    }
}
