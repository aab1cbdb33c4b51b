using System.Reflection;

namespace Akka.Actor.Internal;

/// <summary>Makes instances of actors and gives them what they ask for by their interfaces.</summary>
internal static class ActorInstances
{
    public static readonly Props Terminated = new TerminatedProps();

    public static ActorBase Create(ActorCell cell, Func<ActorBase> create)
    {
        ActorBase? made = null;
        cell.UseThreadContext(() =>
        {
            made = Unwrapped(create);
            if (made is null)
            {
                throw new ActorInitializationException(cell.Self, "Actor instance passed to ActorOf can't be 'null'");
            }

            if (made is IInitializableActor initializable) initializable.Init();
            if (made is IActorStash withStash) withStash.Stash = cell.CreateStash(withStash);
        });
        return made!;
    }

    private static ActorBase Unwrapped(Func<ActorBase> create)
    {
        try
        {
            return create();
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}
