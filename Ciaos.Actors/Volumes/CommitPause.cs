using Akka.Actor;

namespace Ciaos.Actors.Volumes;

/// <summary>
/// Lets a volume's writer sleep on its own thread while more appends queue up. A timer would wake three threads for
/// each commit, and the actor system's clock ticks far too slowly.
/// </summary>
internal sealed class CommitPause
{
    private readonly object _nobodyPulses = new();

    private CommitPause()
    {
    }

    /// <summary>Null where everything runs on one thread: there, whoever sleeps makes all others wait.</summary>
    public static CommitPause? Of(ActorSystem system) => WorkSetup.Of(system) is null ? new CommitPause() : null;

    public void Wait(TimeSpan duration)
    {
        lock (_nobodyPulses) Monitor.Wait(_nobodyPulses, duration);
    }
}
