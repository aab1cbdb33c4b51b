using System.Globalization;

namespace Akka.Event;

/// <summary>Turns a format and its arguments into the text of a log event.</summary>
public interface ILogMessageFormatter
{
    string Format(string format, params object[] args);

    string Format(string format, IEnumerable<object> args);
}

/// <summary>Formats as <see cref="string.Format(string, object[])"/> does.</summary>
public class DefaultLogMessageFormatter : ILogMessageFormatter
{
    public static readonly DefaultLogMessageFormatter Instance = new();

    private DefaultLogMessageFormatter()
    {
    }

    public string Format(string format, params object[] args) =>
        string.Format(CultureInfo.CurrentCulture, format, args);

    public string Format(string format, IEnumerable<object> args) =>
        string.Format(CultureInfo.CurrentCulture, format, args.ToArray());
}
