using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Lifecycle;

/// <summary>Sends commands to the index, a few at a time, and waits where it has too much to do.</summary>
/// <param name="send">Such as <see cref="Objects.ObjectStore.SendAsync"/>.</param>
internal sealed class LifecycleCommands(
    Func<IKeyCommand, CancellationToken, Task<IReply>> send, LifecycleSettings settings, TimeProvider time)
{
    private const int MaxAttempts = 5;

    private long _done;

    /// <summary>How many objects, versions and uploads were ended so far.</summary>
    public long Done => Interlocked.Read(ref _done);

    /// <summary>Sends them all. What has changed meanwhile, or is locked, is left alone.</summary>
    /// <returns>False: the index could not judge some of them, and they have to be sent again later.</returns>
    public async Task<bool> SendAsync(IEnumerable<IKeyCommand> commands, CancellationToken cancellation)
    {
        var failures = 0;
        await Parallel.ForEachAsync(
            commands,
            new ParallelOptions { MaxDegreeOfParallelism = settings.Parallel, CancellationToken = cancellation },
            async (command, stop) =>
            {
                // A failing index is not asked for each of a page's rows as often as for the first ones.
                if (Volatile.Read(ref failures) >= settings.Parallel || !await SendAsync(command, stop))
                    Interlocked.Increment(ref failures);
            });
        return failures == 0;
    }

    private async Task<bool> SendAsync(IKeyCommand command, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            switch (await send(command, cancellation))
            {
                case Deleted or MarkerMade or VersionDeleted or MultipartAborted:
                    Interlocked.Increment(ref _done);
                    return true;
                case Failed { Reason: FailReason.BucketClosed or FailReason.NotAllowed or FailReason.Versioned }:
                    return true;
                case Failed when attempt == MaxAttempts:
                    return false;
                case Failed:
                    await Task.Delay(settings.Pause, time, cancellation);
                    break;
                default:
                    return true;
            }
        }
    }
}
