using System.Text;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor.Internal;

/// <summary>
/// Builds the parts of an actor system in the order in which they need each other, and takes them down.
/// </summary>
public class ActorSystemImpl : ExtendedActorSystem
{
    private readonly TerminationCallbacks _terminationCallbacks = new();
    private readonly ExtensionRegistry _extensions;
    private readonly LocalActorRefProvider _provider;
    private readonly ILoggingAdapter _log;
    private IActorRef? _deadLetterListener;
    private long _lastUid;
    private int _isAborting;

    public ActorSystemImpl(string name)
        : this(name, Config.Empty, ActorSystemSetup.Empty)
    {
    }

    public ActorSystemImpl(string name, Config config, ActorSystemSetup setup, Option<Props>? guardianProps = null)
        : this(name, config, setup, guardianProps, runtime: null)
    {
    }

    internal ActorSystemImpl(
        string name, Config config, ActorSystemSetup setup, Option<Props>? guardianProps, ISystemRuntime? runtime)
    {
        if (!IsValidName(name))
        {
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}], must contain only word characters "
                + "(i.e. [a-zA-Z0-9] plus non-leading '-')",
                nameof(name));
        }

        ArgumentNullException.ThrowIfNull(config);
        Name = name;
        Runtime = runtime;
        GuardianProps = guardianProps ?? Option<Props>.None;
        Settings = new Settings(this, config, setup);
        EventStream = new EventStream(Settings.DebugEventStream);
        EventStream.StartStdoutLogger(Settings);
        _log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), Settings.LogFormatter);
        Scheduler = runtime?.Scheduler ?? CreateScheduler();
        StartTime = Scheduler.MonotonicClock;
        _provider = new LocalActorRefProvider(name, Settings, EventStream);
        Mailboxes = new Mailboxes(this);
        Dispatchers = new Dispatchers(
            this, new DefaultDispatcherPrerequisites(EventStream, Scheduler, Settings, Mailboxes), _log)
        {
            Override = runtime?.Dispatcher(this),
        };
        Serialization = new Serialization.Serialization(this);
        _extensions = new ExtensionRegistry(this);
        ContinuationScheduler = runtime?.TaskScheduler ?? TaskScheduler.Default;
    }

    public Option<Props> GuardianProps { get; }

    public override Settings Settings { get; }

    public override string Name { get; }

    public override Serialization.Serialization Serialization { get; }

    public override EventStream EventStream { get; }

    public override IActorRef DeadLetters => _provider.DeadLetters;

    public override IActorRef IgnoreRef => _provider.IgnoreRef;

    public override Dispatchers Dispatchers { get; }

    public override Mailboxes Mailboxes { get; }

    public override IScheduler Scheduler { get; }

    public override ILoggingAdapter Log => _log;

    public override Task WhenTerminated => _terminationCallbacks.Done;

    public override IActorRefProvider Provider => _provider;

    public override IInternalActorRef Guardian => _provider.Guardian;

    public override IInternalActorRef LookupRoot => _provider.RootGuardian;

    public override IInternalActorRef SystemGuardian => _provider.SystemGuardian;

    /// <summary>Null in ordinary systems, which run on the process's threads and clock.</summary>
    internal ISystemRuntime? Runtime { get; }

    internal bool IsAborting => Volatile.Read(ref _isAborting) != 0;

    /// <summary>Where the engine's own continuations run.</summary>
    internal TaskScheduler ContinuationScheduler { get; }

    public void Start()
    {
        try
        {
            _provider.Init(this);
            EventStream.StartUnsubscriber(this);
            EventStream.StartDefaultLoggers(this);
            if (Settings.LogDeadLetters > 0)
            {
                _deadLetterListener = SystemActorOf(Props.Create(() => new DeadLetterListener()), "deadLetterListener");
            }

            _ = _provider.TerminationTask.ContinueWith(
                _ => TakeDown(), CancellationToken.None, TaskContinuationOptions.None, ContinuationScheduler);
            _extensions.LoadConfigured();
            CoordinatedShutdown.Get(this);
            if (Settings.LogConfigOnStart) _log.Info(Settings.ToString());
        }
        catch
        {
            // Whoever gets the exception never gets the system, so nobody else can take it down.
            _ = Abandon();
            throw;
        }
    }

    public override IActorRef ActorOf(Props props, string? name = null) =>
        _provider.Guardian.Cell.AttachChild(props, isSystemService: false, name);

    public override IActorRef SystemActorOf(Props props, string? name = null) =>
        _provider.SystemGuardian.Cell.AttachChild(props, isSystemService: true, name);

    public override IActorRef SystemActorOf<TActor>(string? name = null) => SystemActorOf(Props.Create<TActor>(), name);

    public override ActorSelection ActorSelection(ActorPath actorPath) =>
        ActorRefFactoryShared.ActorSelection(actorPath, this);

    public override ActorSelection ActorSelection(string actorPath) =>
        ActorRefFactoryShared.ActorSelection(actorPath, this, _provider.RootGuardian);

    public override object RegisterExtension(IExtensionId extension) => _extensions.Register(extension);

    public override object GetExtension(IExtensionId extensionId) => _extensions.Get(extensionId.ExtensionType)!;

    public override T GetExtension<T>() => (T)_extensions.Get(typeof(T))!;

    public override bool HasExtension(Type type) => _extensions.Get(type) is not null;

    public override bool HasExtension<T>() => HasExtension(typeof(T));

    public override bool TryGetExtension(Type extensionType, out object extension)
    {
        extension = _extensions.Get(extensionType)!;
        return extension is not null;
    }

    public override bool TryGetExtension<T>(out T extension)
    {
        extension = (_extensions.Get(typeof(T)) as T)!;
        return extension is not null;
    }

    public override void RegisterOnTermination(Action code) => _terminationCallbacks.Add(code);

    public override Task Terminate()
    {
        if (!Settings.CoordinatedShutdownRunByActorSystemTerminate
            || !HasExtension<CoordinatedShutdown>())
        {
            return FinalTerminate();
        }

        _ = CoordinatedShutdown.Get(this).Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance);
        return WhenTerminated;
    }

    public override void Stop(IActorRef actor)
    {
        var parent = actor.Path.Parent;
        if (parent is null) return;
        if (parent == Guardian.Path) Guardian.Tell(new Dispatch.SysMsg.StopChild(actor));
        else if (parent == SystemGuardian.Path) SystemGuardian.Tell(new Dispatch.SysMsg.StopChild(actor));
        else ((IInternalActorRef)actor).Stop();
    }

    public override void Abort()
    {
        Interlocked.Exchange(ref _isAborting, 1);
        _ = FinalTerminate();
    }

    public override string PrintTree()
    {
        var text = new StringBuilder();
        Print(_provider.RootGuardian, indent: "", text);
        return text.ToString();
    }

    public override string ToString() => LookupRoot.Path.Root.Address.ToString();

    internal long NextUid() => Interlocked.Increment(ref _lastUid);

    internal Task FinalTerminate()
    {
        if (!Settings.LogDeadLettersDuringShutdown && _deadLetterListener is { } listener) Stop(listener);
        _provider.Guardian.Stop();
        return WhenTerminated;
    }

    internal void StopDefaultLoggers() => EventStream.StopDefaultLoggers(this);

    /// <summary>
    /// Sends the message through its serializer, to prove that it could (akka.actor.serialize-messages).
    /// </summary>
    internal Envelope Serialized(Envelope envelope)
    {
        var message = WrappedMessage.Unwrap(envelope.Message);
        if (message is INoSerializationVerificationNeeded) return envelope;
        var serializer = Serialization.FindSerializerFor(message);
        var bytes = serializer.ToBinary(message);
        var manifest = Akka.Serialization.Serialization.ManifestFor(serializer, message);
        var copy = Serialization.Deserialize(bytes, serializer.Identifier, manifest);
        return ReferenceEquals(message, envelope.Message)
            ? new Envelope(copy, envelope.Sender)
            : envelope;
    }

    private static bool IsValidName(string name) =>
        !string.IsNullOrEmpty(name)
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(one => char.IsAsciiLetterOrDigit(one) || one == '-');

    private static void Print(IActorRef actor, string indent, StringBuilder text)
    {
        text.Append(indent).Append("-> ").Append(actor.Path.Name.Length == 0 ? "/" : actor.Path.Name);
        if (actor is ActorRefWithCell withCell)
        {
            text.Append(' ').Append(withCell.Underlying.Props.Type.Name).AppendLine();
            foreach (var child in withCell.Children) Print(child, indent + "   |", text);
        }
        else
        {
            text.AppendLine();
        }
    }

    private IScheduler CreateScheduler() => Instances.Create<IScheduler>(
        Instances.Resolve(Settings.SchedulerClass, "akka.scheduler.implementation"),
        Settings.Config.GetConfig("akka.scheduler"),
        _log);

    private async Task Abandon()
    {
        if (_provider.RootGuardian is null)
        {
            TakeDown();
            return;
        }

        await FinalTerminate().ConfigureAwait(false);
    }

    private void TakeDown()
    {
        _terminationCallbacks.Run(_log);
        (Scheduler as IDisposable)?.Dispose();
        Dispatchers.Shutdown();
        _terminationCallbacks.Complete();
    }
}
