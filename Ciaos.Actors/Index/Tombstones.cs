using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Ciaos.Actors.Volumes;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// Deletions whose tombstone is on its way to a volume. The deletion itself is durable already: when volumes do not
/// take the tombstone, or not in time, it is answered all the same, and the log says so.
/// </summary>
internal sealed class Tombstones(
    IActorRef volumes, IActorRef self, NeedleIds ids, TimeProvider time, TimeSpan timeout, ILoggingAdapter log)
{
    private readonly Dictionary<NeedleId, Waiter> _waiting = [];

    public int Count => _waiting.Count;

    public void Append(ObjectRecord deleted, IActorRef client)
    {
        var id = ids.Next();
        _waiting.Add(id, new Waiter(client, new Deleted(deleted), time.GetTimestamp()));
        var needle = new Needle(
            NeedleKind.Tombstone, id, deleted.Bucket, deleted.Key, deleted.Id, ChunkOrdinal: 0, IsLastChunk: true,
            UploadOperation.Replace, BodyFormat.Raw, ImmutableSortedDictionary<string, string>.Empty, default);
        volumes.Tell(new VolumeProtocol.Append(needle), self);
    }

    public void Stored(NeedleId needle)
    {
        if (_waiting.Remove(needle, out var waiter)) waiter.Client.Tell(waiter.Reply);
    }

    public void Rejected(VolumeProtocol.Rejected rejected)
    {
        if (_waiting.TryGetValue(rejected.Needle, out var waiter))
            log.Warning(
                "No tombstone for object {0}, which is deleted: {1} ({2})",
                waiter.Reply.Object.Id.Value, rejected.Reason, rejected.Detail);
        Stored(rejected.Needle);
    }

    public void Expire()
    {
        var overdue = _waiting.Where(item => time.GetElapsedTime(item.Value.Since) >= timeout).ToList();
        foreach (var (needle, waiter) in overdue)
        {
            log.Warning("No answer about the tombstone of object {0}, which is deleted", waiter.Reply.Object.Id.Value);
            Stored(needle);
        }
    }

    public void AnswerAll()
    {
        foreach (var needle in _waiting.Keys.ToList()) Stored(needle);
    }

    private readonly record struct Waiter(IActorRef Client, Deleted Reply, long Since);
}
