namespace Ciaos.Http.Health;

/// <summary>
/// What is wrong with the index now, asked at most once a second, however many want to know: load balancers ask often,
/// and every shard is asked for it.
/// </summary>
/// <param name="getUnready">Why the index does not serve all keys; empty when it does. Answers within the time-out
/// that it is given.</param>
public sealed class IndexProbe(Func<TimeSpan, Task<string>> getUnready, TimeProvider time)
{
    /// <summary>Far below the time-outs of those who ask after a node's health.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<string>? _last;
    private long _askedAt;

    /// <summary>Empty: every key is served, or was a second ago.</summary>
    public Task<string> GetUnreadyAsync()
    {
        lock (_gate)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_askedAt) >= Fresh))
            {
                _askedAt = time.GetTimestamp();
                _last = getUnready(Timeout);
            }

            return _last;
        }
    }
}
