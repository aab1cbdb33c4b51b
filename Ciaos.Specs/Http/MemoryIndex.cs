using System.Collections.Immutable;
using Akka.Actor;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Http;

/// <summary>The index's protocol over a dictionary. Gives out segments in small pages, so that readers have to ask for
/// more.</summary>
internal sealed class MemoryIndex : ReceiveActor
{
    private const int PageSegments = 3;
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<(BucketId, ObjectKey), (ObjectRecord Record, ImmutableArray<Segment> Segments)>
        _objects = [];
    private readonly Dictionary<long, ImmutableArray<Segment>> _reads = [];
    private readonly Dictionary<
        (BucketId, ObjectKey, string), (IdempotencyToken Token, WriteOperation By, Stored Outcome)> _tokens = [];
    private long _version;

    /// <param name="overrule">Gives the answer to a command in place of the index, or null.</param>
    /// <param name="changed">Is told all objects after every change.</param>
    public MemoryIndex(Func<IKeyCommand, IReply?> overrule, Action<ImmutableArray<ObjectRecord>> changed) =>
        Receive<IKeyCommand>(command =>
        {
            var reply = overrule(command) ?? Handle(command);
            changed([.. _objects.Values.Select(each => each.Record)]);
            if (reply is not Silence) Sender.Tell(reply);
        });

    /// <summary>No answer at all.</summary>
    public sealed record Silence : IReply;

    private IReply Handle(IKeyCommand command) => command switch
    {
        Lookup lookup => Find(lookup),
        LookupMany lookup => new FoundMany([.. lookup.Keys.Select(key => FindSmall(lookup.Bucket, key))]),
        Put put => Remember(put.Idempotency, ShardTokens.OperationOf(put.Mode), Store(put)),
        Append append => Remember(append.Idempotency, WriteOperation.Append, Add(append)),
        Recall recall => Know(recall),
        Delete delete => Remove(delete),
        Rename rename => Move(rename),
        ReadSegments read => Page(_reads[read.Ticket.Id], (int)read.FromOrdinal),
        SeekSegments seek => Seek(_reads[seek.Ticket.Id], seek.OffsetBytes),
        EndRead end => End(end),
        _ => throw new InvalidOperationException($"{command} is no command"),
    };

    private IReply Find(Lookup lookup)
    {
        if (!_objects.TryGetValue((lookup.Bucket, lookup.Key), out var found)) return KeyNotFound.Instance;
        if (!lookup.ForReading) return new Found(found.Record, [], Ticket: null);
        if (found.Segments.Length <= PageSegments) return new Found(found.Record, found.Segments, Ticket: null);
        var ticket = new ReadTicket(_reads.Count + 1, found.Record.Version);
        _reads[ticket.Id] = found.Segments;
        return new Found(found.Record, found.Segments[..PageSegments], ticket);
    }

    private IReply? FindSmall(BucketId bucket, ObjectKey key)
    {
        if (!_objects.TryGetValue((bucket, key), out var found)) return KeyNotFound.Instance;
        return found.Segments.Length <= PageSegments ? new Found(found.Record, found.Segments, Ticket: null) : null;
    }

    private IReply Know(Recall recall)
    {
        if (!_tokens.TryGetValue((recall.Bucket, recall.Key, recall.Token), out var known))
            return Find(new Lookup(recall.Bucket, recall.Key, ForReading: false));
        return known.By == recall.Operation
            ? new Remembered(known.Token, known.Outcome with { WasReplayed = true })
            : new IdempotencyMismatch("another operation");
    }

    private IReply Remember(IdempotencyToken? token, WriteOperation operation, IReply reply)
    {
        if (token is { } given && reply is Stored stored)
            _tokens[(stored.Object.Bucket, stored.Object.Key, given.Text)] = (given, operation, stored);
        return reply;
    }

    private IReply Store(Put put)
    {
        var exists = _objects.TryGetValue((put.Bucket, put.Key), out var old);
        if (!Holds(put.If, exists ? old.Record : null)) return new PreconditionFailed(exists ? old.Record : null);
        if (put.Mode == PutMode.Create && exists) return new KeyExists(old.Record);
        if (put.Mode == PutMode.Replace && !exists) return KeyNotFound.Instance;
        var content = put.Content;
        return Keep(put.Bucket, put.Key, content.Id, content.Segments, content.Metadata, wasCreated: !exists);
    }

    private IReply Add(Append append)
    {
        var exists = _objects.TryGetValue((append.Bucket, append.Key), out var old);
        if (!Holds(append.If, old.Record)) return new PreconditionFailed(old.Record);
        if (!exists) return KeyNotFound.Instance;
        return Keep(
            append.Bucket, append.Key, old.Record.Id, old.Segments.AddRange(append.Content.Segments),
            old.Record.Metadata, wasCreated: false);
    }

    private Stored Keep(
        BucketId bucket, ObjectKey key, ObjectId id, ImmutableArray<Segment> segments,
        ImmutableSortedDictionary<string, string> metadata, bool wasCreated)
    {
        var record = new ObjectRecord(
            bucket, key, id, ++_version, segments.Sum(segment => (long)segment.LengthBytes),
            segments.Count(segment => segment.StartsFile), segments.Length, Now, Now, metadata);
        _objects[(bucket, key)] = (record, segments);
        return new Stored(record, wasCreated);
    }

    private IReply Remove(Delete delete)
    {
        if (!_objects.TryGetValue((delete.Bucket, delete.Key), out var old)) return KeyNotFound.Instance;
        if (!Holds(delete.If, old.Record)) return new PreconditionFailed(old.Record);
        _objects.Remove((delete.Bucket, delete.Key));
        return new Deleted(old.Record);
    }

    private IReply Move(Rename rename)
    {
        var exists = _objects.TryGetValue((rename.Bucket, rename.Key), out var old);
        if (!Holds(rename.If, old.Record)) return new PreconditionFailed(old.Record);
        if (!exists) return KeyNotFound.Instance;
        if (_objects.TryGetValue((rename.Bucket, rename.NewKey), out var other)) return new KeyExists(other.Record);
        _objects.Remove((rename.Bucket, rename.Key));
        var moved = old.Record with { Key = rename.NewKey };
        _objects[(rename.Bucket, rename.NewKey)] = (moved, old.Segments);
        return new Renamed(moved);
    }

    private IReply End(EndRead end)
    {
        _reads[end.Ticket.Id] = default;
        return new Silence();
    }

    private static SegmentPage Seek(ImmutableArray<Segment> segments, long offsetBytes)
    {
        var (ordinal, start) = (0, 0L);
        while (start + segments[ordinal].LengthBytes <= offsetBytes) start += segments[ordinal++].LengthBytes;
        return Page(segments, ordinal);
    }

    private static SegmentPage Page(ImmutableArray<Segment> segments, int ordinal) => new(
        ordinal,
        segments.Take(ordinal).Sum(segment => (long)segment.LengthBytes),
        segments[ordinal..Math.Min(ordinal + PageSegments, segments.Length)]);

    private static bool Holds(Precondition? condition, ObjectRecord? now)
    {
        if (condition is null) return true;
        var matches = condition.MatchETags is not { } match || (now is not null && IsIn(match, now.ETag));
        return matches && !(condition.NoneMatchETags is { } none && now is not null && IsIn(none, now.ETag));
    }

    private static bool IsIn(ImmutableArray<string> tags, string tag) =>
        tags.Any(each => each == "*" || each == tag);
}
