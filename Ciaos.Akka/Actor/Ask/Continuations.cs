using System.Runtime.CompilerServices;

namespace Akka.Actor.Internal;

/// <summary>
/// Where the engine's own asynchronous code goes on: anywhere, as is fastest; but in a simulation inside the runtime.
/// </summary>
internal static class Continuations
{
    /// <summary>
    /// In a simulation a continuation follows its completion at once, on the runtime's thread: sent to the thread
    /// pool it would run whenever that likes.
    /// </summary>
    public static TaskCreationOptions Options(ISystemRuntime? runtime) =>
        runtime is null ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None;

    /// <summary>Awaits a task as its user wants; called by an actor of a simulation, in the runtime.</summary>
    public static ConfiguredTaskAwaitable<T> Here<T>(Task<T> task, bool continueOnCapturedContext) =>
        (Bring(task) as Task<T> ?? task).ConfigureAwait(continueOnCapturedContext);

    public static ConfiguredTaskAwaitable Here(Task task, bool continueOnCapturedContext) =>
        (Bring(task) ?? task).ConfigureAwait(continueOnCapturedContext);

    private static Task<T>? Bring<T>(Task<T> task)
    {
        if (task.IsCompleted || ActorCell.Current?.SystemImpl.Runtime is not { } runtime) return null;
        var brought = new TaskCompletionSource<T>();
        _ = task.ContinueWith(
            completed => runtime.Post(() => brought.SetFromTask(completed)),
            CancellationToken.None, TaskContinuationOptions.None, runtime.TaskScheduler);
        return brought.Task;
    }

    private static Task? Bring(Task task)
    {
        if (task.IsCompleted || ActorCell.Current?.SystemImpl.Runtime is not { } runtime) return null;
        var brought = new TaskCompletionSource();
        _ = task.ContinueWith(
            completed => runtime.Post(() => brought.SetFromTask(completed)),
            CancellationToken.None, TaskContinuationOptions.None, runtime.TaskScheduler);
        return brought.Task;
    }
}
