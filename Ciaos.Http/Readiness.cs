using Ciaos.Http.Health;

namespace Ciaos.Http;

/// <summary>Whether the node serves. The host sets it, the front end asks it before every request.</summary>
public sealed class Readiness
{
    private volatile string? _reason = "The node is starting";
    private volatile IndexProbe? _index;

    /// <summary>Why the node does not serve, as a sentence for clients; null while it does.</summary>
    public string? Reason => _reason;

    /// <summary>Tells what does not serve although the node does, such as a shard that starts again; null where nobody
    /// looks.</summary>
    internal IndexProbe? Index => _index;

    public void SetReady(IndexProbe? index = null)
    {
        _index = index;
        _reason = null;
    }

    /// <summary>Requests that have begun go on; others get 503 with this reason.</summary>
    public void SetNotReady(string reason) => _reason = reason;
}
