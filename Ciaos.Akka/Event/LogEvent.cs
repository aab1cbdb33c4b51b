using System.Globalization;
using Akka.Actor;

namespace Akka.Event;

/// <summary>One line for the log, on its way to the loggers.</summary>
public abstract class LogEvent : INoSerializationVerificationNeeded
{
    protected LogEvent()
    {
        Timestamp = DateTime.UtcNow;
        Thread = Thread.CurrentThread;
    }

    /// <summary>The exception that this is about, if any.</summary>
    public Exception? Cause { get; protected set; }

    /// <summary>When it happened, UTC.</summary>
    public DateTime Timestamp { get; }

    /// <summary>Where it happened.</summary>
    public Thread Thread { get; }

    /// <summary>Who says it: the path of an actor, or a name with the system's in brackets.</summary>
    public string LogSource { get; protected set; } = "";

    public Type LogClass { get; protected set; } = typeof(DummyClassForStringSources);

    /// <summary>A string, a <see cref="LogMessage"/> that is formatted only when printed, or any object.</summary>
    public object Message { get; protected set; } = "";

    public abstract LogLevel LogLevel();

    public override string ToString()
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"[{LogLevel().StringFor()}][{Timestamp:MM/dd/yyyy HH:mm:ss.fff}Z][Thread {Thread.ManagedThreadId:0000}]");
        var line = $"{head}[{LogSource}] {Message}";
        return Cause is null ? line : $"{line}{Environment.NewLine}Cause: {Cause}";
    }

    private protected void Fill(Exception? cause, string logSource, Type logClass, object message)
    {
        Cause = cause;
        LogSource = logSource;
        LogClass = logClass;
        Message = message;
    }
}

/// <summary>Of interest to those who look for a fault.</summary>
public class Debug : LogEvent
{
    public Debug(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message)
    {
    }

    public Debug(Exception? cause, string logSource, Type logClass, object message)
    {
        Fill(cause, logSource, logClass, message);
    }

    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

/// <summary>Of interest to those who operate the system.</summary>
public class Info : LogEvent
{
    public Info(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message)
    {
    }

    public Info(Exception? cause, string logSource, Type logClass, object message)
    {
        Fill(cause, logSource, logClass, message);
    }

    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

/// <summary>Something is wrong but was dealt with.</summary>
public class Warning : LogEvent
{
    public Warning(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message)
    {
    }

    public Warning(Exception? cause, string logSource, Type logClass, object message)
    {
        Fill(cause, logSource, logClass, message);
    }

    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

/// <summary>Something failed.</summary>
public class Error : LogEvent
{
    public Error(Exception? cause, string logSource, Type logClass, object message)
    {
        Fill(cause, logSource, logClass, message);
    }

    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}
