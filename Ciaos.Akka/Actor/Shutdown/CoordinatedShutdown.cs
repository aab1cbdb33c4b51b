using Akka.Actor.Internal;
using Akka.Configuration;

namespace Akka.Actor;

public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system) =>
        CoordinatedShutdown.Create(system);
}

/// <summary>
/// Runs what has to be done before a system goes, in the phases of akka.coordinated-shutdown.phases. It runs once,
/// whoever starts it: <see cref="Run"/>, ActorSystem.Terminate, or the end of the process.
/// </summary>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly IReadOnlyDictionary<string, Phase> _phases;
    private readonly IReadOnlyList<string> _order;
    private readonly ShutdownRun _run;
    private readonly TaskCompletionSource<Done> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Reason? _reason;

    internal CoordinatedShutdown(ExtendedActorSystem system, IReadOnlyDictionary<string, Phase> phases)
    {
        System = system;
        _phases = phases;
        _order = Phase.Sort(phases);
        _run = new ShutdownRun(system, phases, _order);
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Null until it has been started.</summary>
    public Reason ShutdownReason => Volatile.Read(ref _reason)!;

    /// <summary>The sum of all phases that have tasks or may get some.</summary>
    public TimeSpan TotalTimeout => _phases.Values.Aggregate(TimeSpan.Zero, (sum, phase) => sum + phase.Timeout);

    public static CoordinatedShutdown Get(ActorSystem sys) =>
        sys.WithExtension<CoordinatedShutdown, CoordinatedShutdownExtension>();

    /// <summary>Adds a task to a phase that has not begun.</summary>
    /// <exception cref="ArgumentException">There is no such phase, or the task has no name.</exception>
    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (!_order.Contains(phase, StringComparer.Ordinal))
        {
            throw new ConfigurationException(
                $"Unknown phase [{phase}], known phases [{string.Join(',', _order)}]. All phases (along with their "
                + "optional dependencies) must be defined in configuration.");
        }

        if (string.IsNullOrEmpty(taskName))
        {
            throw new ArgumentException(
                "Set a task name when adding tasks to the Coordinated Shutdown. Try to use unique, self-explanatory "
                + "names.",
                nameof(taskName));
        }

        _run.Add(phase, taskName, task);
    }

    /// <returns>One and the same task, however often it is called.</returns>
    public Task<Done> Run(Reason reason, string? fromPhase = null)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null) return _done.Task;
        var scheduler = (System as ActorSystemImpl)?.ContinuationScheduler ?? TaskScheduler.Default;
        _ = Task.Factory.StartNew(
            () => RunToEnd(fromPhase), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        return _done.Task;
    }

    /// <exception cref="ArgumentException">There is no such phase.</exception>
    public TimeSpan Timeout(string phase) =>
        _phases.TryGetValue(phase, out var settings)
            ? settings.Timeout
            : throw new ArgumentException($"Unknown phase [{phase}]. All phases must be defined in configuration");

    internal static CoordinatedShutdown Create(ExtendedActorSystem system)
    {
        var config = system.Settings.Config.GetConfig("akka.coordinated-shutdown") ?? Config.Empty;
        var shutdown = new CoordinatedShutdown(system, Phase.ReadAll(config));
        shutdown.TerminateLast(config);
        if (config.GetBoolean("run-by-clr-shutdown-hook")) shutdown.RunAtProcessExit();
        return shutdown;
    }

    private async Task RunToEnd(string? fromPhase)
    {
        try
        {
            _done.TrySetResult(await _run.Run(fromPhase).ConfigureAwait(true));
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            _done.TrySetException(e);
        }
    }

    private void TerminateLast(Config config)
    {
        var terminates = config.GetBoolean("terminate-actor-system");
        var exits = config.GetBoolean("exit-clr");
        if (!terminates && !exits) return;
        AddTask(PhaseActorSystemTerminate, "terminate-system", async () =>
        {
            if (terminates) await ((ActorSystemImpl)System).FinalTerminate().ConfigureAwait(true);
            if (exits) Environment.Exit(ShutdownReason.ExitCode);
            return Done.Instance;
        });
    }

    private void RunAtProcessExit()
    {
        AppDomain.CurrentDomain.ProcessExit += AtExit;
        System.RegisterOnTermination(() => AppDomain.CurrentDomain.ProcessExit -= AtExit);

        void AtExit(object? sender, EventArgs e)
        {
            if (!System.WhenTerminated.IsCompleted) Run(ClrExitReason.Instance).Wait(TotalTimeout);
        }
    }

    /// <summary>Why the system goes, and with which code its process ends.</summary>
    public class Reason
    {
        protected Reason()
        {
        }

        internal virtual int ExitCode => 0;
    }

    public class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason()
        {
        }
    }

    public class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason()
        {
        }
    }

    public class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason()
        {
        }
    }

    public class ClusterDowningReason : Reason
    {
        public static readonly Reason Instance = new ClusterDowningReason();

        private ClusterDowningReason()
        {
        }

        internal override int ExitCode => -1;
    }

    public class ClusterLeavingReason : Reason
    {
        public static readonly Reason Instance = new ClusterLeavingReason();

        private ClusterLeavingReason()
        {
        }
    }

    public class ClusterJoinUnsuccessfulReason : Reason
    {
        public static readonly Reason Instance = new ClusterJoinUnsuccessfulReason();

        private ClusterJoinUnsuccessfulReason()
        {
        }

        internal override int ExitCode => -1;
    }
}
