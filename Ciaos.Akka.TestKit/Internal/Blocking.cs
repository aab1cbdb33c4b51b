using Akka.Actor.Internal;

namespace Akka.TestKit.Internal;

/// <summary>
/// The blocking variants are the asynchronous ones, waited for. What these await goes on on the thread pool whatever
/// the test framework's context is, so that waiting here cannot stop it.
/// </summary>
internal static class Blocking
{
    // Each blocked test holds a thread that the actors it waits for may need.
    private const int ThreadsForActors = 64;

    static Blocking()
    {
        ThreadPool.GetMinThreads(out var workers, out var completionPorts);
        ThreadPool.SetMinThreads(Math.Max(workers, ThreadsForActors), completionPorts);
    }

    public static T Wait<T>(Func<ValueTask<T>> start)
    {
        var previous = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(
            new ActorCellKeepingSynchronizationContext(InternalCurrentActorCellKeeper.Current));
        try
        {
            var task = start();
            return task.IsCompleted ? task.GetAwaiter().GetResult() : task.AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(previous);
        }
    }

    public static void Wait(Func<ValueTask> start) =>
        Wait<bool>(async () =>
        {
            await start();
            return true;
        });

    public static List<T> Collect<T>(Func<IAsyncEnumerable<T>> start) =>
        Wait<List<T>>(async () => await ToListAsync(start()));

    public static async ValueTask<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source) list.Add(item);
        return list;
    }
}
