using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Batch;

/// <summary>One key of a <c>/batch/get</c> and what the index says of it.</summary>
/// <param name="Index">Which one of the request, from 0.</param>
/// <param name="Reply">Null, where there is no refusal: it needs a look-up of its own.</param>
/// <param name="Refusal">It was not looked up at all.</param>
internal readonly record struct BatchItem(
    int Index, ObjectKey Key, IndexProtocol.IReply? Reply, RequestRefusedException? Refusal = null)
{
    /// <summary>Where its first byte lies. What is not there comes first, what is not known to be anywhere
    /// last.</summary>
    public (VolumeId Volume, long OffsetBytes) Place
    {
        get
        {
            if (Refusal is not null) return default;
            if (Reply is null) return (new VolumeId(long.MaxValue), Index);
            if (Reply is not IndexProtocol.Found found) return default;
            foreach (var segment in found.Segments)
                if (segment.LengthBytes > 0) return (segment.Needle.Volume, segment.Needle.OffsetBytes);
            return default;
        }
    }
}

/// <summary>Looks up the keys of a request, so many at a time: what is known of objects in memory at once is bounded by
/// two windows, however many are wanted.</summary>
/// <param name="bucket">Null: the user has never written.</param>
/// <param name="refusal">Why the user may not read a key; null where it may.</param>
internal sealed class BatchWindows(
    ObjectStore store, BatchGetRequest request, BucketId? bucket, BatchSettings settings,
    Func<ObjectKey, string?> refusal)
{
    private int _next;

    /// <summary>The next keys in the order in which they are to be sent; null behind the last one. One call at a
    /// time.</summary>
    public async Task<List<BatchItem>?> NextAsync(CancellationToken cancellation)
    {
        if (_next == request.Keys.Count) return null;
        var items = new List<BatchItem>(Math.Min(settings.Window, request.Keys.Count - _next));
        var wanted = new List<ObjectKey>(items.Capacity);
        var places = new List<int>(items.Capacity);
        for (; items.Count < settings.Window && _next < request.Keys.Count; _next++)
        {
            var item = Read(_next);
            items.Add(item);
            if (item.Reply is not null || item.Refusal is not null) continue;
            wanted.Add(item.Key);
            places.Add(items.Count - 1);
        }

        if (wanted.Count > 0)
        {
            var replies = await store.LookupManyAsync(bucket!.Value, wanted, settings.LookupKeys, cancellation);
            for (var i = 0; i < replies.Length; i++) items[places[i]] = items[places[i]] with { Reply = replies[i] };
        }

        if (!request.IsInGivenOrder) items.Sort((one, other) => Compare(one, other));
        return items;
    }

    private static int Compare(in BatchItem one, in BatchItem other)
    {
        var (place, otherPlace) = (one.Place, other.Place);
        var order = place.Volume.Value.CompareTo(otherPlace.Volume.Value);
        if (order == 0) order = place.OffsetBytes.CompareTo(otherPlace.OffsetBytes);
        return order != 0 ? order : one.Index.CompareTo(other.Index);
    }

    private BatchItem Read(int index)
    {
        if (!request.Keys.TryGet(index, out var key, out var error))
            return new BatchItem(
                index, default, null, new RequestRefusedException(StatusCodes.Status400BadRequest, error));
        if (refusal(key) is { } denied)
            return new BatchItem(
                index, key, null, new RequestRefusedException(StatusCodes.Status403Forbidden, denied));
        return new BatchItem(index, key, bucket is null ? IndexProtocol.KeyNotFound.Instance : null);
    }
}
