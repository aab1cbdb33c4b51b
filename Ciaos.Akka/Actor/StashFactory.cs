using Akka.Actor.Internal;

namespace Akka.Actor;

public static class StashFactory
{
    public static IStash CreateStash<T>(this IActorContext context)
        where T : ActorBase => context.CreateStash(typeof(T));

    public static IStash CreateStash(this IActorContext context, IActorStash actorInstance) =>
        context.CreateStash(actorInstance.GetType());

    /// <exception cref="ArgumentException">The class has no stash.</exception>
    public static IStash CreateStash(this IActorContext context, Type actorType)
    {
#pragma warning disable CS0618 // Obsolete for users, still legal.
        if (typeof(IWithBoundedStash).IsAssignableFrom(actorType)) return new BoundedStashImpl(context);
#pragma warning restore CS0618
        if (typeof(IWithUnboundedStash).IsAssignableFrom(actorType)) return new UnboundedStashImpl(context);
        if (typeof(IActorStash).IsAssignableFrom(actorType)) return new BoundedStashImpl(context);
        throw new ArgumentException(
            $"Actor {actorType} implements an unrecognized subclass of {typeof(IActorStash)} - cannot instantiate",
            nameof(actorType));
    }
}
