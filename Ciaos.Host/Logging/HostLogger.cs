using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Ciaos.Host.Logging;

// Owns nothing but a cache of loggers by source; receives every log event of the actor system and passes it on to the
// process's logging. Named in akka.loggers (node.conf); should it fail, the engine's standard-out logger remains.
internal sealed class HostLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly Dictionary<Type, ILogger> _byClass = [];
    private readonly ILoggerFactory _loggers;

    public HostLogger()
    {
        var setup = Context.System.Settings.Setup.Get<LoggerFactorySetup>();
        _loggers = setup.HasValue ? setup.Value.Loggers : LoggerFactory.Create(_ => { });
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<Error>(error => Write(LogLevel.Error, error, error.Cause));
        Receive<Warning>(warning => Write(LogLevel.Warning, warning, warning.Cause));
        Receive<Info>(info => Write(LogLevel.Information, info, info.Cause));
        Receive<Debug>(debug => Write(LogLevel.Debug, debug, debug.Cause));
    }

    private void Write(LogLevel level, LogEvent logged, Exception? cause)
    {
        if (!_byClass.TryGetValue(logged.LogClass, out var logger))
            _byClass[logged.LogClass] = logger = _loggers.CreateLogger(logged.LogClass);
        logger.Log(level, cause, "{Message} ({Actor})", logged.Message, logged.LogSource);
    }
}
