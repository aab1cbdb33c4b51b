using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>The section "akka" of a system's configuration, read once.</summary>
public class Settings
{
    private Config _userConfig;
    private Config _fallback;

    public Settings(ActorSystem system, Config config)
        : this(system, config, ActorSystemSetup.Empty)
    {
    }

    public Settings(ActorSystem system, Config config, ActorSystemSetup setup)
    {
        Setup = setup;
        System = system;
        _userConfig = config;
        _fallback = ReferenceConfig.Value;
        Config = Merge();

        ConfigVersion = Text("akka.version");
        Home = Text("akka.home");
        ProviderSelectionType = ChooseProvider(setup);
        ProviderClass = ProviderSelectionType.Fqn;
        HasCluster = ProviderSelectionType.HasCluster;
        SupervisorStrategyClass = Text("akka.actor.guardian-supervisor-strategy");

        AskTimeout = Config.GetTimeSpan("akka.actor.ask-timeout", Timeout.InfiniteTimeSpan, allowInfinite: true);
        CreationTimeout = Config.GetTimeSpan("akka.actor.creation-timeout");
        UnstartedPushTimeout = Config.GetTimeSpan("akka.actor.unstarted-push-timeout");
        SerializeAllMessages = Config.GetBoolean("akka.actor.serialize-messages");
        SerializeAllCreators = Config.GetBoolean("akka.actor.serialize-creators");
        EmitActorTelemetry = Config.GetBoolean("akka.actor.telemetry.enabled");

        LogLevel = Text("akka.loglevel");
        StdoutLogLevel = Text("akka.stdout-loglevel");
        Loggers = Config.GetStringList("akka.loggers");
        LoggersDispatcher = Text("akka.loggers-dispatcher");
        LoggerStartTimeout = Config.GetTimeSpan("akka.logger-startup-timeout");
        LoggerAsyncStart = Config.GetBoolean("akka.logger-async-start");
        LogConfigOnStart = Config.GetBoolean("akka.log-config-on-start");
        LogSerializerOverrideOnStart = Config.GetBoolean("akka.log-serializer-override-on-start");
        (LogDeadLetters, LogDeadLettersDuringShutdown, LogDeadLettersSuspendDuration) = ReadDeadLetters();
        LogFilter = setup.Get<LogFilterSetup>() is { HasValue: true } filter
            ? filter.Value.CreateEvaluator()
            : LogFilterEvaluator.NoFilters;
        StdoutLogger = CreateStdoutLogger();
        LogFormatter = CreateLogFormatter();

        AddLoggingReceive = Config.GetBoolean("akka.actor.debug.receive");
        DebugAutoReceive = Config.GetBoolean("akka.actor.debug.autoreceive");
        DebugLifecycle = Config.GetBoolean("akka.actor.debug.lifecycle");
        FsmDebugEvent = Config.GetBoolean("akka.actor.debug.fsm");
        DebugEventStream = Config.GetBoolean("akka.actor.debug.event-stream");
        DebugUnhandledMessage = Config.GetBoolean("akka.actor.debug.unhandled");
        DebugRouterMisconfiguration = Config.GetBoolean("akka.actor.debug.router-misconfiguration");
        DebugTimerScheduler = Config.GetBoolean("akka.actor.debug.timer-scheduler");

        SchedulerClass = Text("akka.scheduler.implementation");
        SchedulerShutdownTimeout = Config.GetTimeSpan("akka.scheduler.shutdown-timeout");
        CoordinatedShutdownTerminateActorSystem =
            Config.GetBoolean("akka.coordinated-shutdown.terminate-actor-system");
        CoordinatedShutdownRunByActorSystemTerminate =
            Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate");
        if (CoordinatedShutdownRunByActorSystemTerminate && !CoordinatedShutdownTerminateActorSystem)
        {
            throw new ConfigurationException(
                "akka.coordinated-shutdown.run-by-actor-system-terminate=on and "
                + "akka.coordinated-shutdown.terminate-actor-system=off is not a supported configuration combination.");
        }
    }

    public ActorSystem System { get; }

    public ActorSystemSetup Setup { get; }

    /// <summary>What the user gave, and behind it all defaults.</summary>
    public Config Config { get; private set; }

    public string ConfigVersion { get; }

    public string Home { get; }

    public string ProviderClass { get; }

    public ProviderSelection ProviderSelectionType { get; }

    public bool HasCluster { get; }

    public string SupervisorStrategyClass { get; }

    /// <summary>Of an Ask that is given none; infinite by default.</summary>
    public TimeSpan AskTimeout { get; }

    public TimeSpan CreationTimeout { get; }

    public TimeSpan UnstartedPushTimeout { get; }

    public bool SerializeAllMessages { get; }

    public bool SerializeAllCreators { get; }

    public bool EmitActorTelemetry { get; }

    public string LogLevel { get; }

    public string StdoutLogLevel { get; }

    public MinimalLogger StdoutLogger { get; }

    public ILogMessageFormatter LogFormatter { get; }

    public LogFilterEvaluator LogFilter { get; }

    public IList<string> Loggers { get; }

    public string LoggersDispatcher { get; }

    public TimeSpan LoggerStartTimeout { get; }

    public bool LoggerAsyncStart { get; }

    public bool LogConfigOnStart { get; }

    public bool LogSerializerOverrideOnStart { get; }

    /// <summary>How many dead letters are logged before the log is suspended; 0 none, int.MaxValue all.</summary>
    public int LogDeadLetters { get; }

    public bool LogDeadLettersDuringShutdown { get; }

    public TimeSpan LogDeadLettersSuspendDuration { get; }

    public bool AddLoggingReceive { get; }

    public bool DebugAutoReceive { get; }

    public bool DebugLifecycle { get; }

    public bool FsmDebugEvent { get; }

    public bool DebugEventStream { get; }

    public bool DebugUnhandledMessage { get; }

    public bool DebugRouterMisconfiguration { get; }

    public bool DebugTimerScheduler { get; }

    public string SchedulerClass { get; }

    public TimeSpan SchedulerShutdownTimeout { get; }

    public bool CoordinatedShutdownTerminateActorSystem { get; }

    public bool CoordinatedShutdownRunByActorSystemTerminate { get; }

    /// <summary>Adds defaults, for an extension that brings its own.</summary>
    public void InjectTopLevelFallback(Config config)
    {
        _fallback = config.WithFallback(_fallback);
        Config = Merge();
    }

    public override string ToString() => Config.ToString();

    private Config Merge() => _userConfig.IsNullOrEmpty() ? _fallback : _userConfig.WithFallback(_fallback);

    private string Text(string path) => Config.GetString(path, "") ?? "";

    private ProviderSelection ChooseProvider(ActorSystemSetup setup)
    {
        var bootstrap = setup.Get<BootstrapSetup>();
        return bootstrap.HasValue && bootstrap.Value.ActorRefProvider.HasValue
            ? bootstrap.Value.ActorRefProvider.Value
            : ProviderSelection.GetProvider(Text("akka.actor.provider"));
    }

    private (int Logged, bool DuringShutdown, TimeSpan SuspendedFor) ReadDeadLetters()
    {
        var logged = Text("akka.log-dead-letters").ToUpperInvariant() switch
        {
            "ON" or "TRUE" or "YES" => int.MaxValue,
            "OFF" or "FALSE" or "NO" => 0,
            _ => Config.GetInt("akka.log-dead-letters"),
        };
        return (
            logged,
            Config.GetBoolean("akka.log-dead-letters-during-shutdown"),
            Config.GetTimeSpan("akka.log-dead-letters-suspend-duration", allowInfinite: true));
    }

    private MinimalLogger CreateStdoutLogger()
    {
        var name = Text("akka.stdout-logger-class");
        if (name.Length == 0) return new StandardOutLogger { Filter = LogFilter };
        var type = TypeNames.Resolve(name)
            ?? throw new ConfigurationException($"Could not load type of {name} for standard out logger");
        if (!type.IsSubclassOf(typeof(MinimalLogger)))
        {
            throw new ConfigurationException("Standard out logger type must inherit from MinimalLogger.");
        }

        var logger = Instances.Create<MinimalLogger>(type);
        logger.Filter = LogFilter;
        return logger;
    }

    private ILogMessageFormatter CreateLogFormatter()
    {
        var name = Text("akka.logger-formatter");
        return TypeNames.Resolve(name) is { } type
            ? Instances.Create<ILogMessageFormatter>(type)
            : DefaultLogMessageFormatter.Instance;
    }
}
