using System.IO.Pipelines;
using Ciaos.Actors.Identity;

namespace Ciaos.Http.Quotas;

/// <summary>Room in a quota for one object that is being written. Used by one request; what is not kept when it is
/// disposed of is free again.</summary>
/// <param name="hasAnnounced">The room for all bytes is taken before the first of them comes.</param>
internal sealed class QuotaHold(string owner, Quota quota, OwnerUsage usage, bool hasAnnounced) : IDisposable
{
    private long _bytes;
    private int _objects;
    private bool _isStored;

    /// <exception cref="QuotaExceededException">There is not so much room.</exception>
    public void Take(long bytes, int objects = 0)
    {
        if (usage.TryHold(bytes, objects, quota) is { } lack) throw new QuotaExceededException(owner, lack);
        _bytes += bytes;
        _objects += objects;
    }

    /// <summary>The object has turned out to be larger than its body: files of a list may share their bytes.</summary>
    /// <exception cref="QuotaExceededException">There is not so much room.</exception>
    public void GrowTo(long bytes)
    {
        if (bytes > _bytes) Take(bytes - _bytes);
    }

    /// <summary>The body to be read in place of <paramref name="body"/>. Where its length was not announced, a read
    /// fails with <see cref="QuotaExceededException"/> as soon as more has come than there is room for.</summary>
    public PipeReader Watch(PipeReader body) => hasAnnounced ? body : new CountedBody(body, this);

    /// <summary>The object is there: it counts until the next sum tells of it.</summary>
    public void Keep() => _isStored = true;

    public void Dispose() => usage.Release(_bytes, _objects, _isStored);
}
