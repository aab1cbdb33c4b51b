namespace Akka.Actor.Internal;

/// <summary>Makes the children of an actor: checks the name, reserves it, creates the reference, starts it.</summary>
internal static class ChildMaker
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    public static IInternalActorRef Make(ActorCell parent, Props props, string? name, bool isSystemService)
    {
        CheckName(name);
        name ??= parent.NextChildName();
        if (parent.IsTerminatingNow)
        {
            throw new InvalidOperationException("Cannot create child while terminating or terminated");
        }

        var system = parent.SystemImpl;
        parent.ChildrenOf.Reserve(name);
        IInternalActorRef child;
        try
        {
            var path = new ChildActorPath(parent.Self.Path, name, system.NextUid());
            child = system.Provider.ActorOf(
                system, props, parent.SelfInternal, path, isSystemService, deploy: null, lookupDeploy: true,
                async: false);
        }
        catch
        {
            parent.ChildrenOf.Unreserve(name);
            throw;
        }

        // A child that is made while its parent waits for a verdict waits with it.
        if (parent.Faults.IsFailed && parent.Mailbox is { } mailbox)
        {
            for (var i = 0; i < mailbox.SuspendCount; i++) child.Suspend();
        }

        parent.ChildrenOf.Init(child);
        child.Start();
        return child;
    }

    /// <summary>$a, $b … $~, $aa …: a name that no user can give.</summary>
    public static string AnonymousName(long number) => "$" + Base64(number);

    public static string Base64(long number)
    {
        Span<char> digits = stackalloc char[11];
        var count = 0;
        var rest = (ulong)number;
        do
        {
            digits[count++] = Digits[(int)(rest & 63)];
            rest >>= 6;
        }
        while (rest != 0);
        return new string(digits[..count]);
    }

    private static void CheckName(string? name)
    {
        if (name is null) return;
        if (name.Length == 0) throw new InvalidActorNameException("Actor name must not be empty");
        if (!ActorPath.IsValidPathElement(name))
        {
            throw new InvalidActorNameException(
                $"Illegal actor name [{name}]. Actor paths MUST: not start with `$`, include only ASCII letters and "
                + $"can only contain these special characters: {ActorPath.ValidSymbols}.");
        }
    }
}
