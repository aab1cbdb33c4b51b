namespace Akka.Streams.Implementation;

internal static class Tasks
{
    /// <summary>Why the task did not succeed: the aggregate that the task holds, or its cancellation.</summary>
    public static Exception Failure(this Task task) => task.Exception as Exception ?? new TaskCanceledException(task);

    /// <summary>Why the task did not succeed, without the aggregate around a single exception.</summary>
    public static Exception UnwrappedFailure(this Task task) => task.Failure() switch
    {
        AggregateException { InnerExceptions: [var single] } => single,
        var failure => failure,
    };

    /// <summary>Calls back when the task is done, on whatever thread ends it; at once if it is done already.</summary>
    public static void Notify<T>(this Task<T> task, Action<Task<T>> callback)
    {
        if (task.IsCompleted)
        {
            callback(task);
            return;
        }

        _ = task.ContinueWith(
            (done, state) => ((Action<Task<T>>)state!)(done),
            callback,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
