using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>Whoever is at the end of a path, when the message gets there: nobody, one actor or many.</summary>
public class ActorSelection : ICanTell
{
    public ActorSelection()
    {
        Anchor = null!;
        Path = [];
    }

    public ActorSelection(IActorRef anchor, SelectionPathElement[] path)
    {
        Anchor = anchor;
        Path = path;
    }

    public ActorSelection(IActorRef anchor, string path)
        : this(anchor, path.Length == 0 ? [] : path.Split('/'))
    {
    }

    public ActorSelection(IActorRef anchor, IEnumerable<string> elements)
        : this(anchor, Parse(elements))
    {
    }

    /// <summary>Where the path begins.</summary>
    public IActorRef Anchor { get; }

    public SelectionPathElement[] Path { get; }

    public string PathString => "/" + string.Join<SelectionPathElement>('/', Path);

    public void Tell(object message, IActorRef? sender = null)
    {
        if (message is null) throw new InvalidMessageException("Message is null.");
        SelectionDelivery.Deliver(
            (IInternalActorRef)Anchor,
            sender ?? ActorCell.GetCurrentSelfOrNoSender(),
            new ActorSelectionMessage(message, Path));
    }

    public Task<IActorRef> ResolveOne(TimeSpan timeout) => ResolveOne(timeout, CancellationToken.None);

    /// <exception cref="ActorNotFoundException">Nobody answers in time.</exception>
    public async Task<IActorRef> ResolveOne(TimeSpan timeout, CancellationToken ct)
    {
        try
        {
            var identity = await this.Ask<ActorIdentity>(new Identify(null!), timeout, ct).ConfigureAwait(false);
            return identity.Subject ?? throw new ActorNotFoundException("subject was null");
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            throw new ActorNotFoundException("Exception occurred while resolving ActorSelection", e);
        }
    }

    protected bool Equals(ActorSelection other) =>
        Equals(Anchor, other.Anchor) && Path.SequenceEqual(other.Path);

    public override bool Equals(object? obj) => obj is ActorSelection other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Anchor, PathString);

    public override string ToString() =>
        $"ActorSelection[Anchor({Anchor.Path.ToStringWithUid()}), Path({PathString})]";

    private static SelectionPathElement[] Parse(IEnumerable<string> elements)
    {
        var names = elements.Where(element => element.Length > 0).ToArray();
        var parsed = new SelectionPathElement[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            parsed[i] = names[i] switch
            {
                ".." => SelectParent.Instance,
                "**" when i == names.Length - 1 => SelectChildRecursive.Instance,
                "**" => throw new IllegalActorNameException("Double wildcard can only appear at the last path entry"),
                var name when name.Contains('?') || name.Contains('*') => new SelectChildPattern(name),
                var name => new SelectChildName(name),
            };
        }

        return parsed;
    }
}

public static class ActorRefFactoryShared
{
    public static ActorSelection ActorSelection(ActorPath actorPath, ActorSystem system)
    {
        var provider = ((ExtendedActorSystem)system).Provider;
        return new ActorSelection(provider.RootGuardianAt(actorPath.Address), actorPath.Elements);
    }

    /// <param name="path">With an address, from the root ("/user/a"), or relative to the lookup root ("../b").</param>
    public static ActorSelection ActorSelection(string path, ActorSystem system, IActorRef lookupRoot)
    {
        if (ActorPath.TryParse(path, out var withAddress)) return ActorSelection(withAddress, system);
        return path.StartsWith('/')
            ? new ActorSelection(((ExtendedActorSystem)system).Provider.RootGuardian, path.Split('/'))
            : new ActorSelection(lookupRoot, path);
    }

    public static ActorSelection ActorSelection(IActorRef anchorActorRef, string path) => new(anchorActorRef, path);
}
