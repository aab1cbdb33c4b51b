using Ciaos.Client;

namespace CopyNamespace;

/// <summary>
/// Brings a key of the target to the state that the source has now. An object of one file goes as a plain body, with
/// its content type; one of several files as those files, without one. Both are streamed, whatever their size.
/// </summary>
internal sealed class Copier(CiaosClient source, CiaosClient target, bool isMirror)
{
    private const int MaxAttempts = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly CopiedKeys _copied = new();
    private long _objects;
    private long _bytes;
    private long _deletes;

    public string Summary => $"Copied {_objects} objects of {_bytes} bytes, deleted {_deletes}";

    /// <summary>One call a key at a time.</summary>
    public async Task SynchroniseAsync(Change change)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await IsKnownAsync(change) || await TryAsync(change)) return;
            }
            catch (CiaosException error) when (
                error.Error is CiaosError.BrokenTransfer or CiaosError.Unavailable && attempt < MaxAttempts)
            {
                // A stream that broke cannot be sent again by the client, only be begun anew.
            }

            await Task.Delay(FirstPause * Math.Min(attempt * attempt, 25));
        }
    }

    /// <summary>Whether the event tells of nothing but what is already here.</summary>
    private async Task<bool> IsKnownAsync(Change change)
    {
        if (_copied.Find(change.Event.Key) is not { } copied) return false;
        if (change.Side == Side.Source) return change.Event.ETag is { } etag && etag == copied.SourceETag;
        if (change.Event.ETag is { } own && own == copied.TargetETag) return true;

        // It may be an older write of ours; only what is there now counts.
        return (await FindAsync(target, change.Event.Key))?.ETag == copied.TargetETag;
    }

    /// <returns>False: the object changed in the middle of it.</returns>
    private async Task<bool> TryAsync(Change change)
    {
        var key = change.Event.Key;
        var found = await FindAsync(source, key);
        if (found is null)
        {
            if (change.Side == Side.Source || isMirror) await DeleteAsync(key);
            return true;
        }

        try
        {
            var made = found.FileCount == 1 ? await CopyBodyAsync(found) : await CopyFilesAsync(found);
            _copied.Remember(key, new CopiedKeys.Pair(found.ETag, made.ETag));
            Interlocked.Increment(ref _objects);
            Interlocked.Add(ref _bytes, made.SizeBytes ?? 0);
            return true;
        }
        catch (CiaosException error) when (error.Error is CiaosError.PreconditionFailed or CiaosError.NotFound)
        {
            return false;
        }
    }

    private async Task<ObjectInfo> CopyBodyAsync(ObjectInfo found)
    {
        await using var body = await source.OpenReadAsync(
            found.Key, options: new ReadOptions { IfMatch = found.ETag });
        var options = new PutOptions { ContentType = found.ContentType, LengthBytes = body.Length };
        return await target.PutAsync(found.Key, body, options);
    }

    /// <summary>Files cannot be asked for by ETag: they may be newer than what was found. Then an event of it is on its
    /// way, and they are copied again.</summary>
    private async Task<ObjectInfo> CopyFilesAsync(ObjectInfo found)
    {
        await using var files = await source.OpenFilesAsync(found.Key);
        return await target.UploadFilesAsync(found.Key, files.Lengths, files);
    }

    private async Task DeleteAsync(string key)
    {
        try
        {
            await target.DeleteAsync(key);
            Interlocked.Increment(ref _deletes);
        }
        catch (CiaosException error) when (error.Error is CiaosError.NotFound)
        {
            // It is gone, as it should be.
        }

        _copied.Remember(key, new CopiedKeys.Pair(null, null));
    }

    private static async Task<ObjectInfo?> FindAsync(CiaosClient client, string key)
    {
        try
        {
            return await client.StatAsync(key);
        }
        catch (CiaosException error) when (error.Error is CiaosError.NotFound)
        {
            return null;
        }
    }
}
