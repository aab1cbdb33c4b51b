using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;

namespace Akka.Event;

/// <summary>
/// A bus that feeds loggers. First the standard output alone, so that a failure to start is seen; then, once they run,
/// the loggers of the setting <c>akka.loggers</c>; and the standard output again when these stop.
/// </summary>
public class LoggingBus : ActorEventBus<object, Type>
{
    private static readonly LogLevel[] AllLevels = Enum.GetValues<LogLevel>();
    private static long _loggerCount;

    private readonly List<IActorRef> _loggers = [];
    private volatile int _logLevel;

    /// <summary>The threshold: events below it reach no logger.</summary>
    public LogLevel LogLevel => (LogLevel)_logLevel;

    public void StartStdoutLogger(Settings config)
    {
        SubscribeStdoutLogger(config);
        Publish(new Debug(SimpleName(this), GetType(), "StandardOutLogger started"));
    }

    public void SetLogLevel(LogLevel logLevel)
    {
        _logLevel = (int)logLevel;
        foreach (var logger in Loggers())
        {
            SubscribeFrom(logLevel, logger);
            foreach (var below in AllLevels.Where(level => level < logLevel)) Unsubscribe(logger, below.ClassFor());
        }
    }

    /// <exception cref="ConfigurationException">A configured logger does not exist or does not start.</exception>
    internal void StartDefaultLoggers(ActorSystemImpl system)
    {
        var name = $"{SimpleName(this)}({system.Name})";
        var level = Logging.LogLevelFor(system.Settings.LogLevel);
        var keepsStandardOut = false;
        foreach (var typeName in system.Settings.Loggers)
        {
            var type = Util.TypeNames.Resolve(typeName)
                ?? throw new ConfigurationException($"Logger specified in config cannot be found: \"{typeName}\"");
            if (type.IsAssignableTo(typeof(MinimalLogger))) keepsStandardOut = true;
            else if (system.Settings.LoggerAsyncStart) StartInBackground(system, type, level, name);
            else StartNow(system, type, level, name);
        }

        _logLevel = (int)level;
        if (system.Settings.DebugUnhandledMessage)
        {
            var forwarder = system.SystemActorOf(
                Props.Create(() => new UnhandledMessageForwarder()), "UnhandledMessageForwarder");
            Subscribe(forwarder, typeof(UnhandledMessage));
        }

        if (!keepsStandardOut)
        {
            var standardOut = system.Settings.StdoutLogger;
            Publish(new Debug(name, GetType(), $"{Logging.SimpleName(standardOut)} being removed"));
            Unsubscribe(standardOut);
        }

        Publish(new Debug(name, GetType(), "Default Loggers started"));
    }

    internal void StopDefaultLoggers(ActorSystem system)
    {
        SubscribeStdoutLogger(system.Settings);
        Publish(new Debug(SimpleName(this), GetType(), "Shutting down: StandardOutLogger started"));
        foreach (var logger in Loggers())
        {
            Unsubscribe(logger);
            ((IInternalActorRef)logger).Stop();
        }

        Publish(new Debug(SimpleName(this), GetType(), "All default loggers stopped"));
    }

    protected override bool IsSubClassification(Type parent, Type child) => parent.IsAssignableFrom(child);

    protected override void Publish(object @event, IActorRef subscriber) => subscriber.Tell(@event);

    protected override bool Classify(object @event, Type classifier) =>
        classifier.IsAssignableFrom(GetClassifier(@event));

    protected override Type GetClassifier(object @event) => @event.GetType();

    private void StartNow(ActorSystemImpl system, Type type, LogLevel level, string busName)
    {
        try
        {
            var (logger, reply) = Start(system, type);
            Accept(logger, reply.GetAwaiter().GetResult(), type, level, busName);
        }
        catch (Exception e)
        {
            throw new ConfigurationException(
                $"Logger [{type.AssemblyQualifiedName}] specified in config cannot be loaded: {e}", e);
        }
    }

    private void StartInBackground(ActorSystemImpl system, Type type, LogLevel level, string busName)
    {
        _ = Task.Run(async () =>
        {
            try
            {
                var (logger, reply) = Start(system, type);
                Accept(logger, await reply.ConfigureAwait(false), type, level, busName);
            }
            catch (Exception e)
            {
                // Nobody waits for this logger, and there may be no other one: the console is all that is left.
                await Console.Error.WriteLineAsync(
                    $"Logger [{type.FullName}] specified in config cannot be loaded: {e}").ConfigureAwait(false);
            }
        });
    }

    private (IActorRef Logger, Task<object> Reply) Start(ActorSystemImpl system, Type type)
    {
        var name = $"log{Interlocked.Increment(ref _loggerCount)}-{SimpleName(type)}";
        var props = Props.Create(type).WithDispatcher(system.Settings.LoggersDispatcher);
        var logger = system.SystemActorOf(props, name);
        return (logger, logger.Ask<object>(new InitializeLogger(this), system.Settings.LoggerStartTimeout));
    }

    private void Accept(IActorRef logger, object reply, Type type, LogLevel level, string busName)
    {
        if (reply is not LoggerInitialized)
        {
            throw new LoggerInitializationException(
                $"Logger {logger.Path.Name} [{type.FullName}] did not respond with LoggerInitialized, " +
                $"sent instead {reply}");
        }

        lock (_loggers) _loggers.Add(logger);
        SubscribeFrom(level, logger);
        Publish(new Debug(busName, GetType(), $"Logger {logger.Path.Name} [{type.Name}] started"));
    }

    private void SubscribeStdoutLogger(Settings settings) =>
        SubscribeFrom(Logging.LogLevelFor(settings.StdoutLogLevel), settings.StdoutLogger);

    private void SubscribeFrom(LogLevel threshold, IActorRef logger)
    {
        foreach (var level in AllLevels.Where(level => level >= threshold)) Subscribe(logger, level.ClassFor());
    }

    private IActorRef[] Loggers()
    {
        lock (_loggers) return [.. _loggers];
    }

    /// <summary>Makes unhandled messages visible in the log (<c>akka.actor.debug.unhandled</c>).</summary>
    private sealed class UnhandledMessageForwarder : ActorBase
    {
        protected override bool Receive(object message)
        {
            if (message is not UnhandledMessage unhandled) return false;
            var sender = unhandled.Sender is null || unhandled.Sender.IsNobody()
                ? "NoSender"
                : unhandled.Sender.Path.ToString();
            Context.System.EventStream.Publish(new Debug(
                unhandled.Recipient.Path.ToString()!,
                unhandled.Recipient.GetType(),
                $"Unhandled message from {sender} : {unhandled.Message}"));
            return true;
        }
    }
}
