using Akka.Actor;
using Akka.Actor.Setup;

namespace Ciaos.Actors;

/// <summary>
/// Where work is done that blocks and belongs to no actor. Without it the journal's writer has a thread of its own, and
/// listings run on the thread pool. A simulation gives it to the actor system to keep everything on its one thread.
/// </summary>
/// <param name="post">Runs everything that it is given, one after the other, some time later.</param>
public sealed class WorkSetup(Action<Action> post) : Setup
{
    public Action<Action> Post { get; } = post;

    /// <summary>Null where the system was given none.</summary>
    internal static Action<Action>? Of(ActorSystem system)
    {
        var setup = system.Settings.Setup.Get<WorkSetup>();
        return setup.HasValue ? setup.Value.Post : null;
    }
}
