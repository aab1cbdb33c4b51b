using System.Collections.Concurrent;

namespace CopyNamespace;

/// <summary>Runs work of different keys side by side, and that of one key one after the other. There are never more
/// lanes than work that is under way.</summary>
internal sealed class KeyLanes
{
    private readonly ConcurrentDictionary<string, Task> _last = new(StringComparer.Ordinal);

    /// <summary>Is called by one thread at a time, in the order that the key's work is to have.</summary>
    public async Task RunAsync(string key, Func<Task> work)
    {
        var before = _last.GetValueOrDefault(key, Task.CompletedTask);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _last[key] = done.Task;
        try
        {
            await before;
            await work();
        }
        finally
        {
            // Whoever waits behind a failure begins, but the stream has failed by then and nothing of it is remembered.
            done.SetResult();
            _last.TryRemove(KeyValuePair.Create(key, done.Task));
        }
    }
}
