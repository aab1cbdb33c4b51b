namespace Akka.Actor.Internal;

/// <summary>Walks a message along the path of a selection.</summary>
internal static class SelectionDelivery
{
    public static void Deliver(IInternalActorRef anchor, IActorRef? sender, ActorSelectionMessage selected)
    {
        var current = anchor;
        var elements = selected.Elements;
        for (var i = 0; i < elements.Length; i++)
        {
            if (current is not ActorRefWithCell withCell)
            {
                // It knows itself how to go on from there.
                current.Tell(selected.Copy(elements: elements[i..]), sender);
                return;
            }

            switch (elements[i])
            {
                case SelectParent:
                    current = current.Parent;
                    continue;
                case SelectChildName name:
                    current = withCell.GetSingleChild(name.Name);
                    if (current is not Nobody) continue;
                    LeadsNowhere(anchor, sender, selected);
                    return;
                case SelectChildRecursive:
                    foreach (var descendant in Descendants(withCell)) descendant.Tell(selected.Message, sender);
                    return;
                case SelectChildPattern pattern:
                    FanOut(withCell, pattern, elements[(i + 1)..], anchor, sender, selected);
                    return;
            }
        }

        current.Tell(selected.Message, sender);
    }

    private static void FanOut(
        ActorRefWithCell parent, SelectChildPattern pattern, SelectionPathElement[] rest, IInternalActorRef anchor,
        IActorRef? sender, ActorSelectionMessage selected)
    {
        var matching = parent.Children.Where(child => pattern.Matches(child.Path.Name)).ToArray();
        if (rest.Length == 0)
        {
            foreach (var child in matching) child.Tell(selected.Message, sender);
            return;
        }

        if (matching.Length == 0)
        {
            LeadsNowhere(anchor, sender, selected);
            return;
        }

        var further = selected.Copy(
            elements: rest, wildCardFanOut: selected.WildCardFanOut || matching.Length > 1);
        foreach (var child in matching) Deliver((IInternalActorRef)child, sender, further);
    }

    private static void LeadsNowhere(IInternalActorRef anchor, IActorRef? sender, ActorSelectionMessage selected)
    {
        if (selected.WildCardFanOut) return;
        var path = anchor.Path / selected.Elements.Select(element => element.ToString()!);
        var system = anchor.Provider.Settings.System;
        new EmptyLocalActorRef(anchor.Provider, path, system.EventStream).Tell(selected, sender);
    }

    private static IEnumerable<IActorRef> Descendants(ActorRefWithCell parent)
    {
        foreach (var child in parent.Children)
        {
            yield return child;
            if (child is not ActorRefWithCell withCell) continue;
            foreach (var below in Descendants(withCell)) yield return below;
        }
    }
}
