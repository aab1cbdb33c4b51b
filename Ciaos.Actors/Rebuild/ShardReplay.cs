using System.Runtime.Serialization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Rebuild;

/// <summary>
/// Makes one shard's journal and its part of the catalog out of the events that were found. Each keeps its number, so
/// that positions in the feed stay what they were, and what is recorded in volumes stays true. A number without an
/// event is filled: by a rename that another shard's events tell of, by a salvaged upload, or by an
/// <see cref="ObjectLost"/>.
/// </summary>
internal sealed class ShardReplay
{
    private readonly int _shard;
    private readonly RebuildWork _work;
    private readonly ShardContext _context;
    private readonly ShardStates _states;
    private readonly ShardRecovery _recovery;
    private readonly EventJudge _judge;
    private DateTimeOffset _at = DateTimeOffset.UnixEpoch;
    private long _next = 1;
    private long _firstChange;

    public ShardReplay(int shard, RebuildWork work)
    {
        (_shard, _work, _context) = (shard, work, work.ContextOf(shard));
        _states = new ShardStates(
            Math.Max(1, work.Settings.CacheEntries / work.Settings.Shards), work.Readers);
        _recovery = new ShardRecovery(_context, _states);
        _judge = new EventJudge(
            shard, _states, FindVersion, work.Segments, work.Lost,
            rename => work.Salvage?.HasArrived(rename) ?? true, work.Report);
    }

    public void Run()
    {
        _recovery.Begin(0);
        foreach (var (number, encoded) in _work.Scratch.Events(_context.Stream))
        {
            if (TryDecode(encoded) is not { } message) continue;
            if (number > _next) FillHole(number, message.At);
            Take(_judge.Judge(message), message, encoded);
        }

        while (_work.Salvage?.NextBehind(_shard, _at, _states) is { } salvaged)
            Take(_judge.Judge(salvaged), null, default);
        _recovery.End(_next - 1);
        _work.Journal.Flush();
        if (_firstChange == 0) _firstChange = _next;
        if (_firstChange > 1) _work.Store.SetRecorded(_context.PersistenceId, _firstChange - 1);
    }

    private IKeyEvent? TryDecode(EncodedEvent encoded)
    {
        try
        {
            if (IndexEventCodec.Decode(encoded.Manifest, encoded.Payload) is IKeyEvent message) return message;
        }
        catch (SerializationException)
        {
            // Counted below, as what is no event of a shard is.
        }

        _work.Report.UnreadableEvents++;
        return null;
    }

    private ObjectState? FindVersion(KeyName name, long contentSequence)
    {
        _recovery.Settle(name);
        return _work.Readers.Read(reader => reader.Versions.Find(name, contentSequence));
    }

    private void FillHole(long behind, DateTimeOffset until)
    {
        _work.Report.Add(new EventHole(_context.PersistenceId, _next, behind - 1));
        _work.Salvage?.Enter(_shard, _at, until, behind - _next);
        while (_next < behind)
        {
            var found = _work.Salvage?.FindStart(new RenameId(_shard, _next)) is { } start
                    && _states.Get(new KeyName(start.Bucket, start.Key)) is not null
                ? start
                : _work.Salvage?.Next(_states);
            Take(_judge.Judge(found ?? new ObjectLost(new BucketId(0), LostObjects.UnknownKey, _at)), null, default);
        }
    }

    /// <param name="original">The event that was found under this number, and its bytes; null where none was.</param>
    private void Take(IKeyEvent message, IKeyEvent? original, EncodedEvent encoded)
    {
        if (!ReferenceEquals(message, original))
        {
            encoded = new EncodedEvent(IndexEventCodec.ManifestOf(message), IndexEventCodec.Encode(message));
            if (_firstChange == 0) _firstChange = _next;
        }

        _work.Journal.Add(_context.PersistenceId, _next, message, encoded);
        _recovery.Replay(message, _next);
        _at = message.At > _at ? message.At : _at;
        _next++;
        _work.Report.Events++;
        _work.Progress(new RebuildProgress(
            "Replaying", _work.Report.Events, _work.FoundEvents, AreBytes: false));
    }
}
