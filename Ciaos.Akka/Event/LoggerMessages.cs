using Akka.Actor;

namespace Akka.Event;

/// <summary>Sent to a logger when it starts. It must answer <see cref="LoggerInitialized"/>.</summary>
public class InitializeLogger : INoSerializationVerificationNeeded
{
    public InitializeLogger(LoggingBus loggingBus)
    {
        LoggingBus = loggingBus;
    }

    public LoggingBus LoggingBus { get; }
}

/// <summary>A logger's answer to <see cref="InitializeLogger"/>: it is ready to log.</summary>
public class LoggerInitialized : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
}
