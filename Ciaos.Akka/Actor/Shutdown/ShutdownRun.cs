using System.Collections.Concurrent;
using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>
/// The tasks of a coordinated shutdown by phase, and how they are run: phases in turn, their tasks at once.
/// </summary>
internal sealed class ShutdownRun(
    ExtendedActorSystem system, IReadOnlyDictionary<string, Phase> phases, IReadOnlyList<string> order)
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(string Name, Func<Task<Done>> Run)>> _tasks =
        new(StringComparer.Ordinal);

    private readonly ILoggingAdapter _log = Logging.GetLogger(system, typeof(CoordinatedShutdown));

    public void Add(string phase, string name, Func<Task<Done>> task) =>
        _tasks.GetOrAdd(phase, _ => new()).Enqueue((name, task));

    public async Task<Done> Run(string? fromPhase)
    {
        foreach (var phase in fromPhase is null ? order : order.SkipWhile(name => name != fromPhase))
        {
            if (_tasks.TryGetValue(phase, out var tasks)) await Run(phase, [.. tasks]).ConfigureAwait(true);
        }

        return Done.Instance;
    }

    private async Task Run(string phase, (string Name, Func<Task<Done>> Run)[] tasks)
    {
        var settings = phases[phase];
        var names = string.Join(", ", tasks.Select(task => task.Name));
        _log.Debug("Performing phase [{0}] with [{1}] tasks: [{2}]", phase, tasks.Length, names);

        // The clock is set first: the last phase's task ends the scheduler.
        var timedOut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var limit = ScheduledCall.Run(system.Scheduler, settings.Timeout, new PhaseTimeout(timedOut));
        var all = Task.WhenAll(tasks.Select(task => Run(phase, task.Name, task.Run, settings.Recover)));
        var first = await Task.WhenAny(all, timedOut.Task).ConfigureAwait(true);
        limit.Cancel();
        if (first == all)
        {
            await all.ConfigureAwait(true);
            return;
        }

        if (settings.Recover)
        {
            _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase, settings.Timeout);
            return;
        }

        throw new TimeoutException($"Coordinated shutdown phase [{phase}] timed out after {settings.Timeout}");
    }

    private async Task Run(string phase, string name, Func<Task<Done>> run, bool recover)
    {
        try
        {
            await run().ConfigureAwait(true);
        }
        catch (Exception e) when (recover && !Thrown.IsFatal(e))
        {
            _log.Warning("Task [{0}] failed in phase [{1}]: {2}", name, phase, e.Message);
        }
    }

    private sealed class PhaseTimeout(TaskCompletionSource timedOut) : WheelTimeout
    {
        public override void Fire() => timedOut.TrySetResult();
    }
}
