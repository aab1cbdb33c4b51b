using System.Collections.Concurrent;
using Akka.Actor.Internal;
using Akka.Annotations;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>Makes and finds the references of a system that lives in this process.</summary>
public sealed class LocalActorRefProvider : IActorRefProvider
{
    private readonly ConcurrentDictionary<string, IInternalActorRef> _extraNames = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(Type Actor, string? Mailbox, string Dispatcher), MailboxType> _mailboxTypes =
        new();

    private readonly TaskCompletionSource<Status> _terminated =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly IInternalActorRef _deadLetters;
    private readonly ActorPath _tempNode;
    private ActorSystemImpl? _system;
    private RootGuardianActorRef? _rootGuardian;
    private LocalActorRef? _userGuardian;
    private LocalActorRef? _systemGuardian;
    private VirtualPathContainer? _tempContainer;
    private long _lastTemp;

    public LocalActorRefProvider(string systemName, Settings settings, EventStream eventStream)
        : this(systemName, settings, eventStream, null, null)
    {
    }

    public LocalActorRefProvider(
        string systemName, Settings settings, EventStream eventStream, Deployer? deployer,
        Func<ActorPath, IInternalActorRef>? deadLettersFactory)
    {
        Settings = settings;
        EventStream = eventStream;
        Deployer = deployer ?? new Deployer(settings);
        RootPath = new RootActorPath(new Address("akka", systemName));
        Log = Logging.GetLogger(eventStream, $"LocalActorRefProvider({RootPath.Address})");
        _deadLetters = deadLettersFactory is null
            ? new DeadLetterActorRef(this, RootPath / "deadLetters", eventStream)
            : deadLettersFactory(RootPath / "deadLetters");
        IgnoreRef = new IgnoreActorRef(this);
        _tempNode = RootPath / "temp";
    }

    public IActorRef DeadLetters => _deadLetters;

    public IActorRef IgnoreRef { get; }

    public Deployer Deployer { get; }

    public EventStream EventStream { get; }

    public ILoggingAdapter Log { get; }

    public Settings Settings { get; }

    public ActorPath RootPath { get; }

    public Address DefaultAddress => RootPath.Address;

    public IInternalActorRef RootGuardian => _rootGuardian!;

    public LocalActorRef Guardian => _userGuardian!;

    public LocalActorRef SystemGuardian => _systemGuardian!;

    public IInternalActorRef TempContainer => _tempContainer!;

    public Task TerminationTask => _terminated.Task;

    public void Init(ActorSystemImpl system)
    {
        _system = system;
        var dispatcher = system.Dispatchers.DefaultGlobalDispatcher;
        var mailbox = system.Mailboxes.Lookup(Mailboxes.DefaultMailboxId);
        var bubble = new RootSupervisor(this, RootPath / "_Root-guardian-supervisor", _terminated, LogFatal);
        var rootProps = Props.Create<GuardianActor>(new OneForOneStrategy(_ => Directive.Stop));
        _rootGuardian = new RootGuardianActorRef(
            system, rootProps, dispatcher, mailbox, bubble, RootPath, _deadLetters, _extraNames);

        var strategy = SupervisorStrategyConfigurator.CreateConfigurator(Settings.SupervisorStrategyClass).Create();
        var userProps = system.GuardianProps.HasValue
            ? system.GuardianProps.Value
            : Props.Create<GuardianActor>(strategy);
        _userGuardian = Guard(system, userProps, dispatcher, mailbox, "user");
        var userGuardian = _userGuardian;
        var systemProps = Props.Create(() => new SystemGuardianActor(userGuardian));
        _systemGuardian = Guard(system, systemProps, dispatcher, mailbox, "system");

        _tempContainer = new VirtualPathContainer(this, _tempNode, _rootGuardian);
        _rootGuardian.SetTempContainer(_tempContainer);
        _rootGuardian.Start();
        _userGuardian.Start();
        _systemGuardian.Start();

        // The system guardian stops when the user's has, and the root when the system's has.
        _systemGuardian.SendSystemMessage(new Dispatch.SysMsg.Watch(_userGuardian, _systemGuardian));
        _rootGuardian.SendSystemMessage(new Dispatch.SysMsg.Watch(_systemGuardian, _rootGuardian));
    }

    public void RegisterExtraName(string name, IInternalActorRef actor) => _extraNames[name] = actor;

    public IActorRef RootGuardianAt(Address address) =>
        address == RootPath.Address ? RootGuardian : _deadLetters;

    public ActorPath TempPath() => _tempNode / ("$" + ChildMaker.Base64(Interlocked.Increment(ref _lastTemp)));

    public void RegisterTempActor(IInternalActorRef actorRef, ActorPath path)
    {
        RequireTemp(path);
        _tempContainer!.Add(path.Name, actorRef);
    }

    public void UnregisterTempActor(ActorPath path)
    {
        RequireTemp(path);
        _tempContainer!.Remove(path.Name);
    }

    [InternalApi]
    public FutureActorRef<T> CreateFutureRef<T>(TaskCompletionSource<T> tcs)
    {
        var path = TempPath();
        var future = new FutureActorRef<T>(tcs, path, this);
        RegisterTempActor(future, path);
        _ = tcs.Task.ContinueWith(
            _ => UnregisterTempActor(path), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return future;
    }

    public IInternalActorRef ActorOf(
        ActorSystemImpl system, Props props, IInternalActorRef supervisor, ActorPath path, bool systemService,
        Deploy? deploy, bool lookupDeploy, bool async)
    {
        if (lookupDeploy && Deployer.Lookup(path) is { } configured) props = props.WithDeploy(configured);
        if (deploy is not null) props = props.WithDeploy(deploy);
        var dispatcherId = props.Dispatcher ?? Dispatchers.DefaultDispatcherId;
        if (!system.Dispatchers.HasDispatcher(dispatcherId))
        {
            throw new Configuration.ConfigurationException(
                $"Dispatcher [{dispatcherId}] not configured for path {path}");
        }

        try
        {
            var dispatcher = system.Dispatchers.Lookup(dispatcherId);
            var mailbox = _mailboxTypes.GetOrAdd(
                (props.Type, props.Mailbox, dispatcherId),
                static (key, state) => state.system.Mailboxes.GetMailboxType(
                    state.props, state.system.Dispatchers.ConfigOf(key.Dispatcher)),
                (system, props));
            return new LocalActorRef(system, props, dispatcher, mailbox, supervisor, path);
        }
        catch (Exception e) when (e is not Configuration.ConfigurationException && !Thrown.IsFatal(e))
        {
            throw new Configuration.ConfigurationException(
                $"Configuration problem while creating {path} with dispatcher [{props.Dispatcher}] "
                + $"and mailbox [{props.Mailbox}]", e);
        }
    }

    public IActorRef ResolveActorRef(string path)
    {
        if (ActorPath.TryParse(path, out var parsed) && parsed.Address == RootPath.Address)
        {
            return ResolveActorRef(parsed);
        }

        Log.Debug("Resolve of unknown path [{0}] failed. Invalid format.", path);
        return _deadLetters;
    }

    public IActorRef ResolveActorRef(ActorPath path)
    {
        if (path.Root == IgnoreRef.Path.Root && path.Equals(IgnoreRef.Path)) return IgnoreRef;
        if (path.Root != RootPath)
        {
            Log.Debug("Resolve of foreign ActorPath [{0}] failed", path);
            return _deadLetters;
        }

        var names = path.Elements;
        if (names.Count == 0) return RootGuardian;
        if (path.Uid != ActorCell.UndefinedUid) names = [.. names.SkipLast(1), $"{path.Name}#{path.Uid}"];
        var found = _rootGuardian!.GetChild(names);
        return found.IsNobody() && !ReferenceEquals(found, _deadLetters)
            ? new EmptyLocalActorRef(this, path, EventStream)
            : found;
    }

    public Address? GetExternalAddressFor(Address address) => address == RootPath.Address ? address : null;

    private void RequireTemp(ActorPath path)
    {
        if (path.Parent == _tempNode) return;
        throw new InvalidOperationException("Cannot register or unregister a path that is not below /temp");
    }

    private LocalActorRef Guard(
        ActorSystemImpl system, Props props, MessageDispatcher dispatcher, MailboxType mailbox, string name)
    {
        var root = _rootGuardian!;
        root.Cell.ChildrenOf.Reserve(name);
        var path = new ChildActorPath(RootPath, name, system.NextUid());
        var guardian = new LocalActorRef(system, props, dispatcher, mailbox, root, path);
        root.Cell.ChildrenOf.Init(guardian);
        return guardian;
    }

    private void LogFatal(string text, Exception? cause) => Log.Error(cause, text);
}
