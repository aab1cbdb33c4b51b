#pragma warning disable CS0809 // The base member is not obsolete in Akka.NET either.
using Akka.Annotations;
using Akka.Dispatch.SysMsg;
using Akka.Util;

namespace Akka.Actor;

/// <summary>A reference equals another one with the same path and the same uid.</summary>
public abstract class ActorRefBase : IActorRef
{
    public abstract ActorPath Path { get; }

    public void Tell(object message, IActorRef? sender)
    {
        if (message is null) throw new InvalidMessageException("Message is null.");
        TellInternal(message, sender);
    }

    protected abstract void TellInternal(object message, IActorRef? sender);

    public override string ToString() =>
        Path.Uid == ActorCell.UndefinedUid ? $"[{Path}]" : $"[{Path}#{Path.Uid}]";

    public override bool Equals(object? obj) => obj is IActorRef other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Path.GetHashCode(), Path.Uid);

    public bool Equals(IActorRef? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Path.Uid == other.Path.Uid && Path.Equals(other.Path));

    public int CompareTo(object? obj)
    {
        if (obj is null) return 1;
        return obj is IActorRef other
            ? CompareTo(other)
            : throw new ArgumentException(
                $"Object must be of type IActorRef, found {obj.GetType()} instead.", nameof(obj));
    }

    public int CompareTo(IActorRef? other)
    {
        if (other is null) return 1;
        var pathComparison = Path.CompareTo(other.Path);
        return pathComparison != 0 ? pathComparison : Path.Uid.CompareTo(other.Path.Uid);
    }

    public virtual ISurrogate ToSurrogate(ActorSystem system) =>
        new Surrogate(Path.ToSerializationFormat());

    public class Surrogate : ISurrogate
    {
        public Surrogate(string path) => Path = path;

        public string Path { get; }

        public ISurrogated FromSurrogate(ActorSystem system) =>
            ((ExtendedActorSystem)system).Provider.ResolveActorRef(Path);
    }
}

[InternalApi]
public abstract class InternalActorRefBase : ActorRefBase, IInternalActorRef
{
    public abstract IInternalActorRef Parent { get; }

    public abstract IActorRefProvider Provider { get; }

    public abstract bool IsTerminated { get; }

    public abstract bool IsLocal { get; }

    public abstract IActorRef GetChild(IReadOnlyList<string> name);

    public abstract void Resume(Exception? causedByFailure = null);

    public abstract void Start();

    public abstract void Stop();

    public abstract void Restart(Exception cause);

    public abstract void Suspend();

    [Obsolete("Use SendSystemMessage(message) instead [1.1.0]")]
    public void SendSystemMessage(ISystemMessage message, IActorRef sender) => SendSystemMessage(message);

    public abstract void SendSystemMessage(ISystemMessage message);
}

/// <summary>A reference without a cell behind it: it has no children and no lifecycle.</summary>
[InternalApi]
public abstract class MinimalActorRef : InternalActorRefBase
{
    public override IInternalActorRef Parent => ActorRefs.Nobody;

    public override bool IsLocal => true;

    [Obsolete("Use Context.Watch and Receive<Terminated> [1.1.0]")]
    public override bool IsTerminated => false;

    public override IActorRef GetChild(IReadOnlyList<string> name) =>
        name.All(string.IsNullOrEmpty) ? this : ActorRefs.Nobody;

    public override void Resume(Exception? causedByFailure = null)
    {
    }

    public override void Start()
    {
    }

    public override void Stop()
    {
    }

    public override void Restart(Exception cause)
    {
    }

    public override void Suspend()
    {
    }

    public override void SendSystemMessage(ISystemMessage message) => ReceiveSystemMessage(message);

    protected override void TellInternal(object message, IActorRef? sender)
    {
    }

    /// <summary>For the engine's own references, whose public surface does not override the method above.</summary>
    private protected virtual void ReceiveSystemMessage(ISystemMessage message)
    {
    }
}

/// <summary>Nobody is there; messages to it vanish.</summary>
public sealed class Nobody : MinimalActorRef
{
#pragma warning disable CA2211, MA0069 // A mutable field in Akka.NET, so the signature has it here.
    public static Nobody Instance = new();
#pragma warning restore CA2211, MA0069

    private static readonly NobodySurrogate SurrogateInstance = new();

    private Nobody()
    {
    }

    public override ActorPath Path { get; } =
        new RootActorPath(new Address("akka", "all-systems"), "/Nobody");

    public override IActorRefProvider Provider => throw new NotSupportedException("Nobody does not provide");

    public override ISurrogate ToSurrogate(ActorSystem system) => SurrogateInstance;

    public class NobodySurrogate : ISurrogate
    {
        public ISurrogated FromSurrogate(ActorSystem system) => Instance;
    }
}

/// <summary>Swallows everything and is never terminated.</summary>
internal sealed class IgnoreActorRef : MinimalActorRef
{
    public IgnoreActorRef(IActorRefProvider provider) => Provider = provider;

    public override ActorPath Path { get; } = new RootActorPath(new Address("local", "local")) / "ignore";

    public override IActorRefProvider Provider { get; }
}
