// Stands in until the engine's stash lands; whoever lands it deletes this file.
namespace Akka.Actor;

public static class StashFactory
{
    public static IStash CreateStash(this IActorContext context, Type actorType) => throw new NotSupportedException();
}
