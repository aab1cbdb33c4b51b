using Akka.Actor;

namespace Akka.Pattern;

/// <summary>Something was called, or has come about, in a state in which it must not.</summary>
public class IllegalStateException : AkkaException
{
    public IllegalStateException(string message)
        : base(message)
    {
    }
}
