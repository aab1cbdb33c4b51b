using Akka.Actor;
using Akka.Streams.Stage;

namespace Akka.Streams;

/// <summary>The actor that ran this part of the stream was stopped from outside.</summary>
public class AbruptTerminationException : Exception
{
    public readonly IActorRef Actor;

    public AbruptTerminationException(IActorRef actor)
        : base($"Processor actor [{actor}] terminated abruptly") => Actor = actor;
}

/// <summary>A stage was stopped from outside, before it completed or failed.</summary>
public sealed class AbruptStageTerminationException : Exception
{
    public AbruptStageTerminationException(GraphStageLogic logic)
        : base($"GraphStage [{logic}] terminated abruptly, caused by the materializer or the actor system terminating.")
    {
    }
}

public class BufferOverflowException : Exception
{
    public BufferOverflowException(string message)
        : base(message)
    {
    }

    public BufferOverflowException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A stream had no element where one was needed.</summary>
public class NoSuchElementException : Exception
{
    public NoSuchElementException(string message)
        : base(message)
    {
    }
}

public class MaterializationException : Exception
{
    public MaterializationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>Something was asked of a stream that has ended.</summary>
public class StreamDetachedException : Exception
{
    public static readonly StreamDetachedException Instance = new();

    public StreamDetachedException()
        : this("Stream is terminated. Materialized value is detached.")
    {
    }

    public StreamDetachedException(string message)
        : base(message)
    {
    }

    public StreamDetachedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

public class StreamLimitReachedException : Exception
{
    public StreamLimitReachedException(long max)
        : base($"Limit of {max} reached")
    {
    }
}

/// <summary>The actor that a stream talks to died.</summary>
public class WatchedActorTerminatedException : AkkaException
{
    public WatchedActorTerminatedException(string stageName, IActorRef actorRef)
        : base($"Actor watched by [{stageName}] has terminated! Was: {actorRef}")
    {
    }
}

/// <summary>Why a stage's outlet was cancelled.</summary>
public static class SubscriptionWithCancelException
{
    /// <summary>A cancellation that is no failure.</summary>
    public abstract class NonFailureCancellation : Exception
    {
        protected NonFailureCancellation()
        {
        }

        public sealed override string StackTrace => "";
    }

    public sealed class NoMoreElementsNeeded : NonFailureCancellation
    {
        public static readonly NoMoreElementsNeeded Instance = new();

        private NoMoreElementsNeeded()
        {
        }
    }

    public sealed class StageWasCompleted : NonFailureCancellation
    {
        public static readonly StageWasCompleted Instance = new();

        private StageWasCompleted()
        {
        }
    }
}
