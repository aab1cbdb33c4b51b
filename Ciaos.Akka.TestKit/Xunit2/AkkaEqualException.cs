using System.Collections;
using System.Runtime.Serialization;
using Xunit.Sdk;

namespace Akka.TestKit.Xunit2.Internals;

/// <summary>Two values were to be equal and are not.</summary>
[Serializable]
public class AkkaEqualException : XunitException
{
    public AkkaEqualException(string format = "", params object[] args)
        : base(Text(format, args))
    {
    }

#pragma warning disable SYSLIB0051 // Part of the signature, though nothing serializes it any more.
    protected AkkaEqualException(SerializationInfo info, StreamingContext context)
        : base(info.GetString("Message") ?? "")
    {
    }
#pragma warning restore SYSLIB0051

    public static AkkaEqualException ForMismatchedValues(
        object? expected, object? actual, string? format = null, params object[] args)
    {
        var values = $"Assert.Equal() Failure{Environment.NewLine}Expected: {Print(expected)}{Environment.NewLine}" +
            $"Actual:   {Print(actual)}";
        var said = Text(format ?? "", args);
        return new AkkaEqualException(
            said.Length == 0 ? "{0}" : "{0}{1}{2}", values, Environment.NewLine, said);
    }

    private static string Text(string format, object[] args) =>
        args is { Length: > 0 } ? string.Format(format, args) : format;

    private static string Print(object? value) => value switch
    {
        null => "(null)",
        string text => $"\"{text}\"",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Print))}] ({value.GetType().Name})",
        _ => $"{value} ({value.GetType().Name})",
    };
}
