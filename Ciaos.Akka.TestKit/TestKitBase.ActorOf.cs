using System.Linq.Expressions;
using Akka.Actor;
using Akka.Actor.Dsl;
using Akka.TestKit.Internal;
using Akka.Util;

namespace Akka.TestKit;

public abstract partial class TestKitBase
{
    public IActorRef ActorOf(Props props) => Sys.ActorOf(props, null);

    public IActorRef ActorOf(Props props, string? name) => Sys.ActorOf(props, name);

    public IActorRef ActorOf<TActor>()
        where TActor : ActorBase, new() =>
        ActorOf(Props.Create<TActor>());

    public IActorRef ActorOf<TActor>(string? name)
        where TActor : ActorBase, new() =>
        ActorOf(Props.Create<TActor>(), name);

    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory)
        where TActor : ActorBase =>
        ActorOf(Props.Create(factory));

    public IActorRef ActorOf<TActor>(Expression<Func<TActor>> factory, string? name)
        where TActor : ActorBase =>
        ActorOf(Props.Create(factory), name);

    public IActorRef ActorOf(Action<IActorDsl> configure, string? name = null) =>
        ActExtensions.ActorOf(this, configure, name);

    public IActorRef ActorOf(Action<IActorDsl, IActorContext> configure, string? name = null) =>
        ActExtensions.ActorOf(this, configure, name);

    public ActorSelection ActorSelection(ActorPath actorPath) => Sys.ActorSelection(actorPath);

    public ActorSelection ActorSelection(string actorPath) => Sys.ActorSelection(actorPath);

    public ActorSelection ActorSelection(IActorRef anchorRef, string actorPath) =>
        ActorRefFactoryShared.ActorSelection(anchorRef, actorPath);

    /// <summary>Starts an actor that runs on the thread that tells it something, and can be looked into.</summary>
    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(Props props, IActorRef? supervisor, string? name = null)
        where TActor : ActorBase =>
        new(Sys, props, supervisor, name);

    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(Props props, string? name = null)
        where TActor : ActorBase =>
        new(Sys, props, null, name);

    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(
        Expression<Func<TActor>> factory, IActorRef? supervisor, string? name = null)
        where TActor : ActorBase =>
        new(Sys, Props.Create(factory), supervisor, name);

    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(
        Expression<Func<TActor>> factory, string? name = null)
        where TActor : ActorBase =>
        new(Sys, Props.Create(factory), null, name);

    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(IActorRef? supervisor, string? name = null)
        where TActor : ActorBase, new() =>
        new(Sys, Props.Create<TActor>(), supervisor, name);

    public TestActorRef<TActor> ActorOfAsTestActorRef<TActor>(string? name = null)
        where TActor : ActorBase, new() =>
        new(Sys, Props.Create<TActor>(), null, name);

    public IActorRef ChildActorOf(
        Props props,
        string name,
        SupervisorStrategy supervisorStrategy,
        CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask<IActorRef>(
            ChildActorOfAsync(props, name, supervisorStrategy, cancellationToken)));

    public IActorRef ChildActorOf(
        Props props, SupervisorStrategy supervisorStrategy, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask<IActorRef>(
            ChildActorOfAsync(props, supervisorStrategy, cancellationToken)));

    public IActorRef ChildActorOf(Props props, string name, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask<IActorRef>(ChildActorOfAsync(props, name, cancellationToken)));

    public IActorRef ChildActorOf(Props props, CancellationToken cancellationToken = default) =>
        Blocking.Wait(() => new ValueTask<IActorRef>(ChildActorOfAsync(props, cancellationToken)));

    /// <summary>Starts a child of the test actor.</summary>
    /// <param name="props">What to start.</param>
    /// <param name="name">A generated one in the variants without.</param>
    /// <param name="supervisorStrategy">What the test actor does when it fails: stop, in the variants without.</param>
    /// <param name="cancellationToken">Ends the wait for the test actor.</param>
    public Task<IActorRef> ChildActorOfAsync(
        Props props,
        string name,
        SupervisorStrategy supervisorStrategy,
        CancellationToken cancellationToken = default) =>
        SpawnAsync(new TestActor.Spawn(props, name, supervisorStrategy), cancellationToken);

    public Task<IActorRef> ChildActorOfAsync(
        Props props, SupervisorStrategy supervisorStrategy, CancellationToken cancellationToken = default) =>
        SpawnAsync(new TestActor.Spawn(props, Option<string>.None, supervisorStrategy), cancellationToken);

    public Task<IActorRef> ChildActorOfAsync(
        Props props, string name, CancellationToken cancellationToken = default) =>
        SpawnAsync(new TestActor.Spawn(props, name, Option<SupervisorStrategy>.None), cancellationToken);

    public Task<IActorRef> ChildActorOfAsync(Props props, CancellationToken cancellationToken = default) =>
        SpawnAsync(
            new TestActor.Spawn(props, Option<string>.None, Option<SupervisorStrategy>.None), cancellationToken);

    private async Task<IActorRef> SpawnAsync(TestActor.Spawn spawn, CancellationToken cancellationToken)
    {
        TestActor.Tell(spawn);
        return await ExpectMsgAsync<IActorRef>(cancellationToken: cancellationToken);
    }
}
