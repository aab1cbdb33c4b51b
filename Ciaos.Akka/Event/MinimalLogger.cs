using Akka.Actor;

namespace Akka.Event;

/// <summary>A logger without an actor behind it: it works before the system starts and after it stopped.</summary>
public abstract class MinimalLogger : MinimalActorRef
{
    private readonly ActorPath _path;

    protected MinimalLogger()
    {
        _path = new RootActorPath(Address.AllSystems, $"/{GetType().Name}");
    }

    public LogFilterEvaluator Filter { get; internal set; } = LogFilterEvaluator.NoFilters;

    public sealed override IActorRefProvider Provider =>
        throw new NotSupportedException("This logger does not provide.");

    public sealed override ActorPath Path => _path;

    protected sealed override void TellInternal(object message, IActorRef? sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        Log(message);
    }

    protected abstract void Log(object message);
}

/// <summary>Prints on the console, in the colour of the level unless the output is redirected.</summary>
public class StandardOutLogger : MinimalLogger
{
    // One line at a time: colour and text must stay together.
    private static readonly object Gate = new();

    public static ConsoleColor DebugColor { get; set; } = ConsoleColor.Gray;

    public static ConsoleColor InfoColor { get; set; } = ConsoleColor.White;

    public static ConsoleColor WarningColor { get; set; } = ConsoleColor.Yellow;

    public static ConsoleColor ErrorColor { get; set; } = ConsoleColor.Red;

    public static bool UseColors { get; set; } = true;

    internal static void PrintLogEvent(LogEvent logEvent, LogFilterEvaluator filter)
    {
        string line;
        try
        {
            if (!filter.ShouldTryKeepMessage(logEvent, out line)) return;
        }
        catch (FormatException e)
        {
            PrintBroken(logEvent, e);
            return;
        }

        Print(line, ColorOf(logEvent.LogLevel()));
    }

    protected override void Log(object message)
    {
        if (message is LogEvent logEvent) PrintLogEvent(logEvent, Filter);
        else Print(message.ToString() ?? "", color: null);
    }

    /// <summary>The call that logged has a wrong format: say so, and show what it meant.</summary>
    private static void PrintBroken(LogEvent logEvent, FormatException e)
    {
        var message = logEvent.Message is LogMessage parts
            ? $"str=[{parts.Format}],args=[{parts.Unformatted()}]"
            : logEvent.Message;
        var text = $"Encountered System.FormatException while recording log: [{logEvent.LogLevel().StringFor()}]" +
            $"[{logEvent.LogSource}] {message}. {e.Message} " +
            "Please take a look at the logging call where this occurred and fix your format string.";
        Print(new Error(null, nameof(StandardOutLogger), typeof(StandardOutLogger), text).ToString(), ErrorColor);
    }

    private static ConsoleColor ColorOf(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => DebugColor,
        LogLevel.InfoLevel => InfoColor,
        LogLevel.WarningLevel => WarningColor,
        _ => ErrorColor,
    };

    private static void Print(string line, ConsoleColor? color)
    {
        lock (Gate)
        {
            var colored = color is not null && UseColors && !Console.IsOutputRedirected;
            if (colored) Console.ForegroundColor = color!.Value;
            Console.WriteLine(line);
            if (colored) Console.ResetColor();
        }
    }
}
