namespace Akka.Streams;

/// <summary>What a full buffer does with the next element.</summary>
public enum OverflowStrategy
{
    /// <summary>Drops the oldest element.</summary>
    DropHead = 2,

    /// <summary>Drops the youngest element of the buffer.</summary>
    DropTail = 3,

    /// <summary>Drops all elements of the buffer.</summary>
    DropBuffer = 4,

    /// <summary>Drops the new element.</summary>
    DropNew = 5,

    /// <summary>Does not ask for an element while it is full.</summary>
    Backpressure = 6,

    /// <summary>Fails the stream with <see cref="BufferOverflowException"/>.</summary>
    Fail = 7,
}

/// <summary>What the full buffer of a Delay does with the next element.</summary>
public enum DelayOverflowStrategy
{
    /// <summary>Emits the oldest element before its time.</summary>
    EmitEarly = 1,
    DropHead = 2,
    DropTail = 3,
    DropBuffer = 4,
    DropNew = 5,
    Backpressure = 6,
    Fail = 7,
}

/// <summary>What a Throttle does with elements that come too fast.</summary>
public enum ThrottleMode
{
    /// <summary>Delays them.</summary>
    Shaping,

    /// <summary>Fails the stream.</summary>
    Enforcing,
}

public enum StreamSubscriptionTimeoutTerminationMode
{
    NoopTermination,
    WarnTermination,
    CancelTermination,
}
