using Akka.Actor;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>Commands on uploads in parts. Whether an upload is there the catalog tells, but for those whose end is
/// under way: so parts need not wait for each other.</summary>
internal sealed class ShardUploads(
    ShardContext shard, ShardStates states, ShardWrites writes, SegmentPages pages, DeferredCommands deferred,
    ShardReplies replies)
{
    private const int PartsPage = 1000;

    private readonly HashSet<UploadId> _ending = [];

    public void Begin(BeginMultipart begin, IActorRef client, DateTimeOffset at)
    {
        var id = new ObjectId(shard.Needles.Next().Value);
        var begun = new UploadBegun(begin.Bucket, begin.Key, at, id, begin.Initiator, begin.Metadata);
        var record = new UploadRecord(
            begin.Bucket, begin.Key, new UploadId(writes.NextSequence, id), at, begin.Initiator, begin.Metadata);
        writes.Add(begun, new Waiting(client, new MultipartBegun(record)));
    }

    public void Put(PutPart put, KeyName name, IActorRef client, DateTimeOffset at)
    {
        var content = put.Content;
        if (!IsOpen(put.Upload, name))
        {
            replies.Refuse(UploadNotFound.Instance, name, client);
        }
        else if (CommandRules.Objection(put) is { } objection)
        {
            client.Tell(objection);
        }
        else
        {
            var record = new PartRecord(
                put.Number, writes.NextSequence, SegmentRun.SizeOf(content.Segments.AsSpan()), at, content.Metadata);
            writes.Add(
                new UploadPartPut(
                    put.Bucket, put.Key, at, put.Upload, put.Number, content.Id, content.Metadata, content.Segments),
                new Waiting(client, new PartStored(record)));
        }
    }

    public void Complete(CompleteMultipart complete, KeyName name, IActorRef client, DateTimeOffset at)
    {
        if (_ending.Contains(complete.Upload))
        {
            replies.Refuse(UploadNotFound.Instance, name, client);
            return;
        }

        if (states.PendingBatch(name) is { } batch)
        {
            deferred.Wait(name, batch, complete, client);
            return;
        }

        var before = states.Get(name);
        var decision = CommandRules.Decide(complete, before, at);
        var parts = new List<PartState>();
        var refusal = !IsOpen(complete.Upload, name)
            ? UploadNotFound.Instance
            : decision.Refusal ?? FindParts(complete, parts);
        if (refusal is not null)
        {
            client.Tell(refusal);
            return;
        }

        var completed = (UploadCompleted)decision.Event! with { Content = SegmentRun.Pack(SegmentsOf(parts)) };
        var wasCreated = CommandRules.Visible(before) is null;
        End(complete.Upload, completed, state => new Stored(state!.Record, wasCreated), client);
    }

    public void Abort(AbortMultipart abort, KeyName name, IActorRef client, DateTimeOffset at)
    {
        if (IsOpen(abort.Upload, name))
            End(
                abort.Upload, new UploadAborted(abort.Bucket, abort.Key, at, abort.Upload),
                _ => MultipartAborted.Instance, client);
        else
            replies.Refuse(UploadNotFound.Instance, name, client);
    }

    private bool IsOpen(UploadId upload, KeyName name) =>
        !_ending.Contains(upload) && shard.Readers.Read(reader => reader.Uploads.Find(name, upload)) is not null;

    private void End(UploadId upload, IKeyEvent message, Func<ObjectState?, IReply> reply, IActorRef client)
    {
        _ending.Add(upload);
        writes.Add(message, state => new Waiting(client, reply(state)));
        writes.Attach(writes.Last!, new Waiting(null, null, () => _ending.Remove(upload)));
    }

    /// <summary>Finds the parts that are named, in their order; returns a refusal where one is not there.</summary>
    private PartChanged? FindParts(CompleteMultipart complete, List<PartState> parts)
    {
        var all = new Dictionary<int, PartState>();
        for (var after = 0; ; after = all.Keys.Max())
        {
            var page = shard.Readers.Read(
                reader => reader.Uploads.Parts(shard.Shard, complete.Upload, after, PartsPage));
            foreach (var part in page) all.Add(part.Record.Number, part);
            if (page.Count < PartsPage) break;
        }

        foreach (var (number, sequence) in complete.Parts)
        {
            if (!all.TryGetValue(number, out var part) || part.Record.Sequence != sequence)
                return new PartChanged(number);
            parts.Add(part);
        }

        return null;
    }

    // Empty parts are nothing.
    private IEnumerable<Segment> SegmentsOf(List<PartState> parts)
    {
        foreach (var part in parts)
        {
            for (var ordinal = 0L; ordinal < part.SegmentCount;)
            {
                var page = pages.Page(part.Content, ordinal).Segments;
                foreach (var segment in page)
                    if (segment.LengthBytes > 0) yield return segment;
                ordinal += page.Length;
            }
        }
    }
}
