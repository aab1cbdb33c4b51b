using Akka.Actor;

namespace Akka.Event;

/// <summary>Makes loggers, and turns levels into names and types and back.</summary>
public static class Logging
{
    /// <summary>A threshold above all levels: nothing is logged.</summary>
    internal const LogLevel OffLevel = (LogLevel)int.MaxValue;

    private const string Debug = "DEBUG";
    private const string Info = "INFO";
    private const string Warning = "WARNING";
    private const string Error = "ERROR";
    private const string Off = "OFF";

    public static string SimpleName(object o) => SimpleName(o.GetType());

    public static string SimpleName(Type t) => t.Name;

    public static ILoggingAdapter GetLogger(
        this IActorContext context, ILogMessageFormatter? logMessageFormatter = null)
    {
        var source = LogSource.Create(context, context.System);
        return CreateLogger(context.System, source, logMessageFormatter);
    }

    public static ILoggingAdapter GetLogger(
        ActorSystem system, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null) =>
        CreateLogger(system, LogSource.Create(logSourceObj, system), logMessageFormatter);

    public static ILoggingAdapter GetLogger(
        LoggingBus loggingBus, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null) =>
        CreateLogger(loggingBus, LogSource.Create(logSourceObj), logMessageFormatter);

    /// <exception cref="ArgumentException">The level has no events (OFF) or is none.</exception>
    public static Type ClassFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => typeof(Debug),
        LogLevel.InfoLevel => typeof(Info),
        LogLevel.WarningLevel => typeof(Warning),
        LogLevel.ErrorLevel => typeof(Error),
        _ => throw new ArgumentException($"Unknown LogLevel {logLevel}", nameof(logLevel)),
    };

    /// <exception cref="ArgumentException">There is no such level.</exception>
    public static string StringFor(this LogLevel logLevel) => logLevel switch
    {
        LogLevel.DebugLevel => Debug,
        LogLevel.InfoLevel => Info,
        LogLevel.WarningLevel => Warning,
        LogLevel.ErrorLevel => Error,
        OffLevel => Off,
        _ => throw new ArgumentException($"Unknown LogLevel {logLevel}", nameof(logLevel)),
    };

    /// <param name="logLevel">A level as it is written in settings, in any case.</param>
    /// <exception cref="ArgumentException">There is no such level.</exception>
    public static LogLevel LogLevelFor(string logLevel) => logLevel?.ToUpperInvariant() switch
    {
        Debug => LogLevel.DebugLevel,
        Info => LogLevel.InfoLevel,
        Warning => LogLevel.WarningLevel,
        Error => LogLevel.ErrorLevel,
        Off => OffLevel,
        _ => throw new ArgumentException(
            $"Unknown LogLevel: \"{logLevel}\". Valid values are: \"{Debug}\", \"{Info}\", \"{Warning}\", \"{Error}\"",
            nameof(logLevel)),
    };

    /// <exception cref="ArgumentException">The type is not one of the four kinds of log events.</exception>
    public static LogLevel LogLevelFor<T>()
        where T : LogEvent
    {
        if (typeof(T) == typeof(Debug)) return LogLevel.DebugLevel;
        if (typeof(T) == typeof(Info)) return LogLevel.InfoLevel;
        if (typeof(T) == typeof(Warning)) return LogLevel.WarningLevel;
        if (typeof(T) == typeof(Error)) return LogLevel.ErrorLevel;
        throw new ArgumentException($"Unknown LogEvent type: \"{typeof(T).FullName}\"", nameof(T));
    }

    private static BusLogging CreateLogger(ActorSystem system, LogSource source, ILogMessageFormatter? formatter) =>
        CreateLogger(system.EventStream, source, formatter ?? system.Settings.LogFormatter);

    private static BusLogging CreateLogger(LoggingBus bus, LogSource source, ILogMessageFormatter? formatter) =>
        new(bus, source.Source, source.Type, formatter ?? DefaultLogMessageFormatter.Instance);
}
