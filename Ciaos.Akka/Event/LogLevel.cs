namespace Akka.Event;

/// <summary>How much a log event matters. A threshold lets its own level and those above pass.</summary>
public enum LogLevel
{
    DebugLevel,
    InfoLevel,
    WarningLevel,
    ErrorLevel,
}
