using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Dispatch;

namespace Akka.TestKit.Internal;

/// <summary>
/// The reference of an actor under test. The actor runs on the thread that tells it something, unless its props name
/// another dispatcher.
/// </summary>
public class InternalTestActorRef : LocalActorRef
{
    private static long _nameCount;

    private InternalTestActorRef(
        ActorSystemImpl system,
        Props props,
        MessageDispatcher dispatcher,
        MailboxType mailboxType,
        IInternalActorRef supervisor,
        ActorPath path)
        : base(system, props, dispatcher, mailboxType, supervisor, path)
    {
    }

    /// <exception cref="IllegalActorStateException">The actor has terminated.</exception>
    public object UnderlyingActor
    {
        get
        {
            if (Cell.IsTerminated) throw new IllegalActorStateException("Underlying actor is terminated");
            if (GetTestActorCell().Actor is { } actor) return actor;

            // It is being started or restarted on another thread: its answer comes after that.
            var timeout = TestKitExtension.For(Cell.System).DefaultTimeout;
            return this.Ask<object>(InternalGetActor.Instance, timeout).GetAwaiter().GetResult();
        }
    }

    public static string CreateUniqueName() => $"$${Interlocked.Increment(ref _nameCount)}";

    public static InternalTestActorRef Create(
        ActorSystem system, Props props, IActorRef? supervisor = null, string? name = null)
    {
        var impl = (ActorSystemImpl)system;
        var parent = (IInternalActorRef)(supervisor ?? impl.Guardian);
        var childName = name ?? CreateUniqueName();
        if (string.Equals(props.Deploy.Dispatcher, Deploy.NoDispatcherGiven, StringComparison.Ordinal))
            props = props.WithDispatcher(CallingThreadDispatcher.Id);
        var dispatcher = system.Dispatchers.Lookup(props.Dispatcher);
        var mailboxType = system.Mailboxes.GetMailboxType(props, dispatcher.Configurator.Config);
        var siblings = ((parent as ActorRefWithCell)?.Underlying as ActorCell)?.ChildrenOf;
        siblings?.Reserve(childName);
        var path = new ChildActorPath(parent.Path, childName, impl.NextUid());
        var created = new InternalTestActorRef(impl, props, dispatcher, mailboxType, parent, path);
        siblings?.Init(created);
        created.Start();
        return created;
    }

    public void Receive(object message, IActorRef? sender = null)
    {
        var cell = GetTestActorCell();
        cell.UseThreadContext(() => cell.ReceiveMessageForTest(Envelope(message, sender)));
    }

    /// <summary>Calls the behaviour, and waits for what it awaits.</summary>
    public Task ReceiveAsync(object message, IActorRef? sender = null)
    {
        var cell = GetTestActorCell();
        return cell.UseThreadContextAsync(() => cell.ReceiveMessageForTestAsync(Envelope(message, sender)));
    }

    public void Watch(IActorRef subject) => Cell.Watch(subject);

    public void Unwatch(IActorRef subject) => Cell.Unwatch(subject);

    public override string ToString() => $"TestActor[{Path}]";

    protected TestActorCell GetTestActorCell() => (TestActorCell)Cell;

    protected override ActorCell NewActorCell(
        ActorSystemImpl system,
        IInternalActorRef self,
        Props props,
        MessageDispatcher dispatcher,
        IInternalActorRef supervisor) =>
        new TestActorCell(system, self, props, dispatcher, supervisor);

    private Envelope Envelope(object message, IActorRef? sender) =>
        new(message, sender ?? Cell.System.DeadLetters, Cell.System);

    /// <summary>A cell that shows its actor, and waits for its asynchronous handlers.</summary>
    protected class TestActorCell : ActorCell
    {
        private readonly HandlerCompletion _completion;

        public TestActorCell(
            ActorSystemImpl system,
            IInternalActorRef self,
            Props props,
            MessageDispatcher dispatcher,
            IInternalActorRef parent)
            : base(system, self, props, dispatcher, parent)
        {
            _completion = new HandlerCompletion(this);
        }

        public new object? Actor => base.Actor;

        public override ActorTaskScheduler TaskScheduler => _completion;

        internal async Task ReceiveMessageForTestAsync(Envelope envelope)
        {
            ReceiveMessageForTest(envelope);
            await _completion.Task;
        }

        internal async Task UseThreadContextAsync(Func<Task> actionAsync)
        {
            Task? task = null;
            UseThreadContext(() => task = actionAsync());
            await task!;
        }

        protected override void AutoReceiveMessage(Envelope envelope)
        {
            if (envelope.Message is InternalGetActor) Sender!.Tell(Actor!, Self);
            else base.AutoReceiveMessage(envelope);
        }
    }

    /// <summary>Asks an actor for its object.</summary>
    public class InternalGetActor : IAutoReceivedMessage, IPossiblyHarmful
    {
        public static readonly InternalGetActor Instance = new();

        private InternalGetActor()
        {
        }
    }

    /// <summary>Knows when the asynchronous handler that runs, if any, is through.</summary>
    private sealed class HandlerCompletion(ActorCell cell) : ActorTaskScheduler(cell)
    {
        private TaskCompletionSource? _running;

        public Task Task => _running?.Task ?? Task.CompletedTask;

        protected override void OnBeforeTaskStarted() =>
            _running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override void OnAfterTaskCompleted() => _running?.TrySetResult();
    }
}
