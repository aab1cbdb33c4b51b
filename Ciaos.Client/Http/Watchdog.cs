namespace Ciaos.Client.Http;

/// <summary>Cancels what makes no progress for the time-out. The caller's own cancellation is passed on.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;

    public Watchdog(CiaosClientOptions options, CancellationToken caller)
    {
        (_timeout, _caller) = (options.Timeout, caller);
        _timer = new CancellationTokenSource(_timeout, options.Time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(caller, _timer.Token);
    }

    public CancellationToken Token => _either.Token;

    public bool HasRunOut => _timer.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>Bytes have moved: the time starts anew.</summary>
    public void Touch() => _timer.CancelAfter(_timeout);

    /// <summary>It is the caller's turn, who may take as long as they like.</summary>
    public void Suspend() => _timer.CancelAfter(System.Threading.Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
