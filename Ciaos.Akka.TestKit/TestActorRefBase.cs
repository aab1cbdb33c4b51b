#pragma warning disable CS0618, CS0672, CS0809 // Obsolete members of the interface have to be implemented all the same.
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.TestKit.Internal;
using Akka.Util;

namespace Akka.TestKit;

/// <summary>What the references of all kinds of actors under test have in common.</summary>
public abstract class TestActorRefBase<TActor> : IInternalActorRef
    where TActor : ActorBase
{
    protected TestActorRefBase(
        ActorSystem system, Props actorProps, IActorRef? supervisor = null, string? name = null)
    {
        InternalRef = InternalTestActorRef.Create(system, actorProps, supervisor, name);
    }

    /// <summary>The actor's object. Not from another thread while it runs.</summary>
    public TActor UnderlyingActor => (TActor)InternalRef.UnderlyingActor;

    public IActorRef Ref => InternalRef;

    public ActorPath Path => InternalRef.Path;

    bool IActorRefScope.IsLocal => InternalRef.IsLocal;

    IInternalActorRef IInternalActorRef.Parent => InternalRef.Parent;

    IActorRefProvider IInternalActorRef.Provider => InternalRef.Provider;

    bool IInternalActorRef.IsTerminated => InternalRef.IsTerminated;

    protected InternalTestActorRef InternalRef { get; }

    public static IActorRef ToActorRef(TestActorRefBase<TActor> actorRef) => actorRef.InternalRef;

    public static bool operator ==(TestActorRefBase<TActor>? testActorRef, IActorRef? actorRef) =>
        testActorRef is null ? actorRef is null : testActorRef.Equals(actorRef);

    public static bool operator !=(TestActorRefBase<TActor>? testActorRef, IActorRef? actorRef) =>
        !(testActorRef == actorRef);

    public static bool operator ==(IActorRef? actorRef, TestActorRefBase<TActor>? testActorRef) =>
        testActorRef == actorRef;

    public static bool operator !=(IActorRef? actorRef, TestActorRefBase<TActor>? testActorRef) =>
        !(testActorRef == actorRef);

    /// <summary>Calls the actor's behaviour here and now; what it throws gets to the test.</summary>
    public void Receive(object message, IActorRef? sender = null) => InternalRef.Receive(message, sender);

    public Task ReceiveAsync(object message, IActorRef? sender = null) => InternalRef.ReceiveAsync(message, sender);

    public void Tell(object message, IActorRef? sender) => InternalRef.Tell(message, sender);

    public void Tell(object message) => InternalRef.Tell(message);

    public void Forward(object message) => InternalRef.Forward(message);

    public void Watch(IActorRef subject) => InternalRef.Watch(subject);

    public void Unwatch(IActorRef subject) => InternalRef.Unwatch(subject);

    public void SendSystemMessage(ISystemMessage message, IActorRef sender) => InternalRef.SendSystemMessage(message);

    public void SendSystemMessage(ISystemMessage message) => InternalRef.SendSystemMessage(message);

    public override string ToString() => InternalRef.ToString();

    public override bool Equals(object? obj) =>
        InternalRef.Equals(obj is TestActorRefBase<TActor> other ? other.InternalRef : obj);

    public override int GetHashCode() => InternalRef.GetHashCode();

    public bool Equals(IActorRef? other) => InternalRef.Equals(other);

    public int CompareTo(object? obj) => InternalRef.CompareTo(obj);

    int IComparable<IActorRef>.CompareTo(IActorRef? other) => InternalRef.CompareTo(other);

    ISurrogate ISurrogated.ToSurrogate(ActorSystem system) => InternalRef.ToSurrogate(system);

    IActorRef IInternalActorRef.GetChild(IReadOnlyList<string> name) => InternalRef.GetChild(name);

    void IInternalActorRef.Start() => InternalRef.Start();

    void IInternalActorRef.Stop() => InternalRef.Stop();

    void IInternalActorRef.Suspend() => InternalRef.Suspend();

    void IInternalActorRef.Resume(Exception? causedByFailure) => InternalRef.Resume(causedByFailure);

    void IInternalActorRef.Restart(Exception cause) => InternalRef.Restart(cause);
}
