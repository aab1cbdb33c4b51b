using Akka.Actor;
using Akka.Dispatch;

namespace Akka.Event;

/// <summary>The mailbox that a logger asks for.</summary>
public interface ILoggerMessageQueueSemantics : ISemantics
{
}

/// <summary>Prints log events on the console, in the order in which they arrive.</summary>
public class DefaultLogger : ActorBase, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private MinimalLogger? _standardOut;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                _standardOut = Context.System.Settings.StdoutLogger;
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                Print(logEvent);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Print(LogEvent logEvent)
    {
        // Kept by the settings rather than printed from here, so that `akka.stdout-logger-class` has the last word.
        if (_standardOut is not null) _standardOut.Tell(logEvent);
        else StandardOutLogger.PrintLogEvent(logEvent, LogFilterEvaluator.NoFilters);
    }
}

/// <summary>Hands log events to <see cref="System.Diagnostics.Trace"/>.</summary>
public class TraceLogger : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case Error error:
                System.Diagnostics.Trace.TraceError(error.ToString());
                break;
            case Warning warning:
                System.Diagnostics.Trace.TraceWarning(warning.ToString());
                break;
            case Info info:
                System.Diagnostics.Trace.TraceInformation(info.ToString());
                break;
            case LogEvent other:
                System.Diagnostics.Trace.WriteLine(other.ToString());
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
