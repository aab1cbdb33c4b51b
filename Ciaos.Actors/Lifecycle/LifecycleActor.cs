using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Index;
using Ciaos.Actors.Metrics;
using Ciaos.Actors.Objects;

namespace Ciaos.Actors.Lifecycle;

// Runs the sweep of lifecycle rules at the start and after every interval, one run at a time, on the thread pool. It
// owns the sweep's memory of how far it came. A run that fails is told to the log, and the next one does what it left.
// When it is stopped, it waits for the commands that are under way.
internal sealed class LifecycleActor : ReceiveActor, IWithTimers, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly StoreMetrics? _metrics = StoreMetricsSetup.Of(Context.System);
    private bool _isRunning;

    public LifecycleActor(LifecycleSweep sweep, LifecycleSettings settings)
    {
        Receive<Run>(_ => Begin(sweep));
        Receive<Finished>(finished =>
        {
            _isRunning = false;
            if (_stop.IsCancellationRequested)
            {
                Context.Stop(Self);
                return;
            }

            Tell(finished);
            Timers.StartSingleTimer(Run.Instance, Run.Instance, settings.Interval);
        });
        Receive<Stop>(_ =>
        {
            _stop.Cancel();
            if (!_isRunning) Context.Stop(Self);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(LifecycleSweep sweep, LifecycleSettings settings) =>
        Akka.Actor.Props.Create(() => new LifecycleActor(sweep, settings));

    protected override void PreStart() => Self.Tell(Run.Instance);

    protected override void PostStop()
    {
        _stop.Cancel();
        Dispose();
    }

    public void Dispose() => _stop.Dispose();

    private void Begin(LifecycleSweep sweep)
    {
        _isRunning = true;
        var stop = _stop.Token;
        _ = Task.Run(() => sweep.RunAsync(stop)).PipeTo(
            Self, Self, ended => new Finished(ended, null), failure => new Finished(0, failure));
    }

    private void Tell(Finished finished)
    {
        _metrics?.Lifecycle.Ran(finished.Ended, finished.Failure is not null);
        if (finished.Ended > 0)
            _log.Info("Lifecycle rules have ended {0} objects, versions or uploads", finished.Ended);
        if (finished.Failure?.GetBaseException() is not { } failure) return;
        if (IndexFailures.IsOfCatalog(failure) || failure is IndexFailedException or AskTimeoutException)
            _log.Warning("Lifecycle rules could not be carried out, and will be later: {0}", failure.Message);
        else
            _log.Error(failure, "Lifecycle rules could not be carried out");
    }

    /// <summary>Ends the run that is under way, then the actor.</summary>
    public sealed record Stop
    {
        public static readonly Stop Instance = new();
    }

    private sealed record Run
    {
        public static readonly Run Instance = new();
    }

    private sealed record Finished(long Ended, Exception? Failure);
}
