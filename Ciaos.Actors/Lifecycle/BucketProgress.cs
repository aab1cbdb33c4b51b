namespace Ciaos.Actors.Lifecycle;

/// <summary>What a rule of a bucket ends.</summary>
internal enum LifecycleAction
{
    ExpireObjects,
    ExpireVersions,
    TrimVersions,
    AbortUploads,
}

/// <summary>Up to what age a bucket's rules have been carried out. In memory only: after a start all is looked at once
/// more, and nothing is there any more of what was ended before.</summary>
/// <param name="rules">The rules as they are written.</param>
/// <param name="begun">When everything was looked at last.</param>
internal sealed class BucketProgress(string rules, DateTimeOffset begun)
{
    /// <summary>What is newly written becomes visible some time after the time that it bears.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(int Rule, LifecycleAction Action), DateTimeOffset> _done = [];

    /// <summary>Everything is to be looked at anew.</summary>
    public bool IsStale(string nowRules, DateTimeOffset now, TimeSpan fullInterval) =>
        nowRules != rules || now - begun >= fullInterval || now < begun;

    /// <summary>Everything up to this age has been dealt with.</summary>
    public DateTimeOffset From(int rule, LifecycleAction action) =>
        _done.TryGetValue((rule, action), out var to) && to - DateTimeOffset.UnixEpoch > Overlap
            ? to - Overlap
            : DateTimeOffset.UnixEpoch;

    public void Note(int rule, LifecycleAction action, DateTimeOffset to) => _done[(rule, action)] = to;
}
