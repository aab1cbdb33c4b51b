using System.Diagnostics.CodeAnalysis;
using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// What stays when the actor's instances come and go: its mailbox, children, watches, behaviours. It hands one
/// message at a time to the instance and turns what the instance throws into a question to the supervisor.
/// </summary>
public class ActorCell : IUntypedActorContext, ICell
{
    public const int UndefinedUid = 0;

    private readonly IInternalActorRef _self;
    private readonly ActorSystemImpl _system;
    private readonly MessageDispatcher _dispatcher;
    private readonly IActorRef _deadLetters;
    private readonly bool _serializesMessages;
    private readonly Stack<Receive> _behaviours = new();
    private readonly SystemMessageHandler _systemMessages;
    private readonly ReceiveTimeoutTimer _receiveTimeout;
    private Props _props;
    private ActorBase? _actor;
    private Receive? _behaviour;
    private IActorRef? _sender;
    private volatile Mailbox? _mailbox;
    private ActorTaskScheduler? _taskScheduler;
    private SupervisorStrategy? _strategy;
    private Type? _ordinaryType;
    private long _lastName;

    public ActorCell(
        ActorSystemImpl system, IInternalActorRef self, Props props, MessageDispatcher dispatcher,
        IInternalActorRef parent)
    {
        _system = system;
        _self = self;
        _props = props;
        _dispatcher = dispatcher;
        _deadLetters = system.DeadLetters;
        _serializesMessages = system.Settings.SerializeAllMessages;
        Parent = parent;
        Watches = new DeathWatch(this);
        Faults = new FaultHandling(this);
        _systemMessages = new SystemMessageHandler(this);
        _receiveTimeout = new ReceiveTimeoutTimer(this);
    }

    public object? CurrentMessage { get; private set; }

    /// <summary>Tells two deliveries of one message object apart.</summary>
    public int CurrentEnvelopeId { get; private set; }

    public Mailbox? Mailbox => _mailbox;

    public MessageDispatcher Dispatcher => _dispatcher;

    public bool IsLocal => true;

    public bool IsTerminated => _mailbox?.IsClosed ?? false;

    public ActorSystem System => _system;

    public ActorSystemImpl SystemImpl => _system;

    public Props Props => _props;

    public IActorRef Self => _self;

    public IInternalActorRef Parent { get; }

    IActorRef IActorContext.Parent => Parent;

    public IActorRef? Sender => _sender;

    IActorRef IActorContext.Sender => _sender!;

    public bool HasMessages => _mailbox?.HasMessages ?? false;

    public int NumberOfMessages => _mailbox?.NumberOfMessages ?? 0;

    public TimeSpan? ReceiveTimeout => _receiveTimeout.Duration;

    public virtual ActorTaskScheduler TaskScheduler =>
        Volatile.Read(ref _taskScheduler)
        ?? Interlocked.CompareExchange(ref _taskScheduler, new ActorTaskScheduler(this), null)
        ?? _taskScheduler;

    internal static ActorCell? Current => InternalCurrentActorCellKeeper.Current;

    internal IInternalActorRef SelfInternal => _self;

    internal Children ChildrenOf { get; } = new();

    internal DeathWatch Watches { get; }

    internal FaultHandling Faults { get; }

    internal ActorBase? Actor => _actor;

    internal Type ActorType => _actor?.GetType() ?? _props.Type;

    internal bool IsTerminatingNow => ChildrenOf.IsTerminating;

    internal SupervisorStrategy Strategy =>
        _strategy ??= _props.SupervisorStrategy
            ?? _actor?.InvokeSupervisorStrategy()
            ?? SupervisorStrategy.DefaultStrategy;

    public static IActorRef? GetCurrentSelfOrNoSender() => Current?._self ?? ActorRefs.NoSender;

    public static IActorRef? GetCurrentSenderOrNoSender() => Current?._sender ?? ActorRefs.NoSender;

    public void Init(bool sendSupervise, MailboxType mailboxType)
    {
        var mailbox = Dispatcher.CreateMailbox(this, mailboxType);
        mailbox.SetActor(this);
        _mailbox = mailbox;
        mailbox.SystemEnqueue(_self, new Create());
        if (sendSupervise) Parent.SendSystemMessage(new Supervise(_self, async: false));
    }

    public virtual void Start() => Dispatcher.Attach(this);

    public void Suspend() => SendSystemMessage(new Suspend());

    public void Resume(Exception? causedByFailure) => SendSystemMessage(new Resume(causedByFailure!));

    public void Restart(Exception cause) => SendSystemMessage(new Recreate(cause));

    public void Stop() => SendSystemMessage(new Terminate());

    public void Stop(IActorRef child)
    {
        if (ChildrenOf.Find(child) is not null) ChildrenOf.ShallDie(child);
        ((IInternalActorRef)child).Stop();
    }

    public virtual void SendMessage(IActorRef? sender, object message) =>
        SendMessage(new Envelope(message, sender ?? _deadLetters));

    public virtual void SendMessage(Envelope message)
    {
        if (_serializesMessages) message = _system.Serialized(message);
        _dispatcher.Dispatch(this, message);
    }

    public virtual void SendSystemMessage(ISystemMessage systemMessage) =>
        Dispatcher.SystemDispatch(this, (SystemMessage)systemMessage);

    public void Become(Receive receive)
    {
        if (_behaviours.Count > 0) _behaviours.Pop();
        _behaviours.Push(_behaviour = receive);
    }

    public void BecomeStacked(Receive receive) => _behaviours.Push(_behaviour = receive);

    public void UnbecomeStacked()
    {
        if (_behaviours.Count > 1) _behaviours.Pop();
        _behaviour = _behaviours.Peek();
    }

    void IUntypedActorContext.Become(UntypedReceive receive) => Become(Handled(receive));

    void IUntypedActorContext.BecomeStacked(UntypedReceive receive) => BecomeStacked(Handled(receive));

    public virtual IActorRef ActorOf(Props props, string? name = null) =>
        ChildMaker.Make(this, props, name, isSystemService: false);

    public virtual IActorRef AttachChild(Props props, bool isSystemService, string? name = null) =>
        ChildMaker.Make(this, props, name, isSystemService);

    public ActorSelection ActorSelection(string path) => ActorRefFactoryShared.ActorSelection(path, _system, _self);

    public ActorSelection ActorSelection(ActorPath path) => ActorRefFactoryShared.ActorSelection(path, _system);

    public IEnumerable<IInternalActorRef> GetChildren() => ChildrenOf.Refs;

    IEnumerable<IActorRef> IActorContext.GetChildren() => ChildrenOf.Refs;

    IActorRef IActorContext.Child(string name) =>
        ChildrenOf.TryGet(name, out var stats) && stats is ChildRestartStats child ? child.Child : ActorRefs.Nobody;

    public bool TryGetChildStatsByName(string name, out IChildStats child) => ChildrenOf.TryGet(name, out child);

    /// <param name="name">May end in <c>#uid</c>; then the incarnation has to match too.</param>
    public IInternalActorRef GetSingleChild(string name)
    {
        var hash = name.IndexOf('#', StringComparison.Ordinal);
        var uid = UndefinedUid + 0L;
        if (hash >= 0 && !long.TryParse(name.AsSpan(hash + 1), out uid)) return ActorRefs.Nobody;
        if (!ChildrenOf.TryGet(hash < 0 ? name : name[..hash], out var stats) || stats is not ChildRestartStats child)
        {
            return ActorRefs.Nobody;
        }

        return uid == UndefinedUid || uid == child.Uid ? child.Child : ActorRefs.Nobody;
    }

    public IActorRef Watch(IActorRef subject)
    {
        Watches.Watch((IInternalActorRef)subject, Option<object>.None);
        return subject;
    }

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Watches.Watch((IInternalActorRef)subject, message);
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        Watches.Unwatch((IInternalActorRef)subject);
        return subject;
    }

    public void SetReceiveTimeout(TimeSpan? timeout = null) => _receiveTimeout.Set(timeout);

    public void CheckReceiveTimeout(bool reschedule = true) => _receiveTimeout.Check(reschedule);

    /// <summary>Runs an action as if the actor did.</summary>
    public void UseThreadContext(Action action)
    {
        var outer = InternalCurrentActorCellKeeper.Current;
        InternalCurrentActorCellKeeper.Current = this;
        try
        {
            action();
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = outer;
        }
    }

    /// <summary>Handles one user message. Called by the mailbox.</summary>
    public void Invoke(Envelope envelope)
    {
        var message = envelope.Message;
        CurrentMessage = message;
        CurrentEnvelopeId++;
        _sender = envelope.Sender;
        if (_receiveTimeout.IsSet)
        {
            InvokeWithTimeout(envelope);
            return;
        }

        try
        {
            Handle(envelope, message);
            CurrentMessage = null;
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            Faults.HandleInvokeFailure(e);
        }

        // The message may have set one.
        if (_receiveTimeout.IsSet) CheckReceiveTimeout();
    }

    /// <summary>Handles a message here and now, for a test: what the actor throws gets out.</summary>
    public void ReceiveMessageForTest(Envelope envelope)
    {
        var outer = (CurrentMessage, _sender);
        (CurrentMessage, _sender) = (envelope.Message, envelope.Sender);
        try
        {
            Handle(envelope, envelope.Message);
        }
        finally
        {
            (CurrentMessage, _sender) = outer;
        }
    }

    protected virtual void AutoReceiveMessage(Envelope envelope)
    {
        var message = envelope.Message;
        if (_system.Settings.DebugAutoReceive)
        {
            Publish(new Debug(_self.Path.ToString(), ActorType, $"received AutoReceiveMessage {message}"));
        }

        switch (message)
        {
            case Terminated terminated:
                Watches.ReceivedTerminated(terminated);
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case PoisonPill:
                _self.Stop();
                break;
            case ActorSelectionMessage selected:
                SelectionDelivery.Deliver(_self, _sender!, selected);
                break;
            case Identify identify:
                _sender?.Tell(new ActorIdentity(identify.MessageId, _self), ActorRefs.NoSender);
                break;
            default:
                ReceiveMessage(message);
                break;
        }
    }

    protected virtual void ReceiveMessage(object message) => _actor!.InvokeReceive(_behaviour!, message);

    protected virtual ActorBase CreateNewActorInstance() => _props.NewActor();

    internal void Receive(object message) => ReceiveMessage(message);

    internal void SystemInvoke(SystemMessage message) => _systemMessages.Handle(message);

    internal void Create(ActorInitializationException? failure)
    {
        if (failure is not null) throw failure;
        try
        {
            var actor = NewActor();
            actor.AroundPreStart();
            CheckReceiveTimeout();
            if (_system.Settings.DebugLifecycle)
            {
                Publish(new Debug(_self.Path.ToString(), ActorType, $"Started ({actor.GetType()})"));
            }
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            if (_actor is not null)
            {
                CancelTimers();
                ClearActor(_actor);
                _actor = null;
            }

            throw e as ActorInitializationException
                ?? new ActorInitializationException(_self, "Exception during creation", e);
        }
    }

    internal ActorBase NewActor()
    {
        _behaviours.Clear();
        _actor = null;
        var actor = ActorInstances.Create(this, CreateNewActorInstance);
        _actor = actor;
        _behaviour = _behaviours.Peek();
        return actor;
    }

    internal static void UnstashAll(ActorBase actor)
    {
        if (actor is IActorStash { Stash: { } stash }) stash.UnstashAll();
    }

    internal void CancelTimers()
    {
        if (_actor is IWithTimers { Timers: { } timers }) timers.CancelAll();
    }

    internal void CancelReceiveTimeout() => _receiveTimeout.Cancel();

    /// <summary>The instance is done with; it keeps nothing but the name of what it was.</summary>
    internal void ClearActor(ActorBase? actor)
    {
        if (actor is null) return;
        if (actor is IDisposable disposable) Dispose(disposable);
        _props.Release(actor);
        actor.Clear(_system.DeadLetters);
        _behaviours.Clear();
        _behaviours.Push(_behaviour = _ => false);
        CurrentMessage = null;
        _strategy = null;
    }

    internal void ClearForGood()
    {
        ClearActor(_actor);
        _receiveTimeout.Cancel();
        _actor = null;
        _props = ActorInstances.Terminated;
        _sender = null;
        _systemMessages.GiveUp();
    }

    internal Mailbox SwapMailbox(Mailbox mailbox) => Interlocked.Exchange(ref _mailbox, mailbox)!;

    internal string NextChildName() => ChildMaker.AnonymousName(Interlocked.Increment(ref _lastName) - 1);

    internal void Publish(object @event)
    {
        try
        {
            _system.EventStream.Publish(@event);
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            // A logger that fails must not take down the actor that logs.
            global::System.Diagnostics.Debug.WriteLine(e);
        }
    }

    internal void PublishUnhandled(object message) =>
        _system.EventStream.Publish(new UnhandledMessage(message, _sender!, _self));

    internal void ReplaceCurrentMessage(object? message) => CurrentMessage = message;

    private static Receive Handled(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    private void InvokeWithTimeout(Envelope envelope)
    {
        var restarts = envelope.Message is not INotInfluenceReceiveTimeout;
        try
        {
            if (restarts) _receiveTimeout.Cancel();
            Handle(envelope, envelope.Message);
            CurrentMessage = null;
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            Faults.HandleInvokeFailure(e);
        }
        finally
        {
            _receiveTimeout.Check(restarts);
        }
    }

    private void Handle(in Envelope envelope, object message)
    {
        // Most messages are of the type of the one before them.
        if (message.GetType() == _ordinaryType) ReceiveMessage(message);
        else HandleOther(envelope, message);
    }

    private void HandleOther(in Envelope envelope, object message)
    {
        switch (message)
        {
            case IAutoReceivedMessage:
                AutoReceiveMessage(envelope);
                break;
            case TimerMessage timer:
                ReceiveTimer(timer);
                break;
            default:
                _ordinaryType = message.GetType();
                ReceiveMessage(message);
                break;
        }
    }

    // A timer's message counts only if the timer that sent it is still the one that is set.
    private void ReceiveTimer(TimerMessage timer)
    {
        if (_actor is not IWithTimers { Timers: TimerScheduler timers } || !timers.Accepts(timer)) return;
        CurrentMessage = timer.Message;
        if (timer.Message is IAutoReceivedMessage) AutoReceiveMessage(new Envelope(timer.Message, _self));
        else ReceiveMessage(timer.Message);
    }

    private void Dispose(IDisposable disposable)
    {
        try
        {
            disposable.Dispose();
        }
        catch (Exception e) when (!Thrown.IsFatal(e))
        {
            Publish(new Error(e, _self.Path.ToString(), ActorType, $"An error occurred while disposing {disposable}"));
        }
    }
}
