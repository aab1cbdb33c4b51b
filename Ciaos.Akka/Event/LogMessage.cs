using Akka.Annotations;

namespace Akka.Event;

/// <summary>A format and its arguments; <see cref="object.ToString"/> puts them together.</summary>
public abstract class LogMessage
{
    protected readonly ILogMessageFormatter Formatter;

    public LogMessage(ILogMessageFormatter formatter, string format)
    {
        Formatter = formatter;
        Format = format;
    }

    public string Format { get; }

    /// <summary>The arguments as text, for when the format itself is broken.</summary>
    [InternalApi]
    public abstract string Unformatted();

    [InternalApi]
    public abstract IEnumerable<object> Parameters();
}

/// <summary>Formatted late: a level that nobody listens to costs no formatting.</summary>
internal sealed class DefaultLogMessage(ILogMessageFormatter formatter, string format, params object[] args)
    : LogMessage(formatter, format)
{
    public override string Unformatted() => string.Join(",", args);

    public override IEnumerable<object> Parameters() => args;

    public override string ToString() => Formatter.Format(Format, args);
}
