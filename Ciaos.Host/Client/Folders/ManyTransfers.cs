namespace Ciaos.Host.Client.Folders;

/// <summary>Runs steps side by side. A failed one is told, and the others go on, unless they would all fail.</summary>
internal static class ManyTransfers
{
    public const int DefaultWorkers = 8;

    /// <param name="nameOf">What a failure is told of.</param>
    public static Task RunAsync<T>(
        IAsyncEnumerable<T> steps, int workers, FailureCount failures, Func<T, string> nameOf,
        Func<T, CancellationToken, Task> run, CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            steps,
            new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation },
            async (step, token) =>
            {
                try
                {
                    await run(step, token);
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    failures.Add(nameOf(step), failure);
                }
            });
}
