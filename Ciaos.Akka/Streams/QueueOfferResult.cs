using Akka.Util;

namespace Akka.Streams;

/// <summary>What became of an element that was offered to a queue.</summary>
public interface IQueueOfferResult;

/// <summary>Takes elements for the stream behind it.</summary>
public interface ISourceQueue<in T>
{
    /// <summary>Completes when the element is taken or dropped, or when the stream has ended.</summary>
    Task<IQueueOfferResult> OfferAsync(T element);

    /// <summary>Completes, or fails, when the stream does.</summary>
    Task WatchCompletionAsync();
}

/// <summary>A queue that can end its stream.</summary>
public interface ISourceQueueWithComplete<in T> : ISourceQueue<T>
{
    /// <summary>Completes the stream after the elements that the queue holds.</summary>
    void Complete();

    /// <summary>Fails the stream at once.</summary>
    void Fail(Exception ex);

    new Task WatchCompletionAsync();
}

/// <summary>Gives out the elements of the stream before it, one at a time.</summary>
public interface ISinkQueue<T>
{
    /// <summary>The next element, or none when the stream has completed. One request at a time.</summary>
    Task<Option<T>> PullAsync();
}

public sealed class QueueOfferResult
{
    public sealed class Enqueued : IQueueOfferResult
    {
        public static readonly Enqueued Instance = new();

        private Enqueued()
        {
        }
    }

    public sealed class Dropped : IQueueOfferResult
    {
        public static readonly Dropped Instance = new();

        private Dropped()
        {
        }
    }

    public sealed class Failure : IQueueOfferResult
    {
        public Failure(Exception cause) => Cause = cause;

        public Exception Cause { get; }
    }

    public sealed class QueueClosed : IQueueOfferResult
    {
        public static readonly QueueClosed Instance = new();

        private QueueClosed()
        {
        }
    }
}
