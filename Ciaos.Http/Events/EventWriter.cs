using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Ciaos.Actors.Feed;
using Ciaos.Http.Listing;
using Ciaos.Storage;

namespace Ciaos.Http.Events;

/// <summary>
/// Writes changes as server-sent events (HTML Living Standard, 9.2). The id of each is the position behind it, so that
/// a client which connects again with the id of the last one misses nothing.
/// </summary>
internal sealed class EventWriter(PipeWriter output, FeedPosition position) : IDisposable
{
    private readonly Utf8JsonWriter _json = new(output, ObjectJson.Options);

    /// <summary>What has been told; moved on as <see cref="Write"/> tells more.</summary>
    public FeedPosition Position => position;

    /// <summary>The position has moved since the client was told one.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Something is written that is not on its way yet.</summary>
    public bool HasUnsent { get; private set; }

    /// <summary>Everything up to there has been told of that shard, or was not to be told.</summary>
    public void Pass(int shard, long sequence)
    {
        if (sequence == position[shard]) return;
        position[shard] = sequence;
        IsBehind = true;
    }

    /// <summary>An event that means two changes has been told only with the second.</summary>
    public void Write(int shard, FeedChange change)
    {
        Pass(shard, change.IsLast ? change.Sequence : change.Sequence - 1);
        var type = TypeOf(change.Kind);
        BeginEvent(type);
        _json.WriteString("type", type);
        _json.WriteString("key", change.Key.Value);
        if (change.ETag is { } tag) _json.WriteString("etag", tag);
        if (change.SizeBytes is { } size) _json.WriteNumber("size", size);
        WriteKey("renamed_to", change.RenamedTo);
        WriteKey("renamed_from", change.RenamedFrom);
        _json.WriteString("at", ObjectJson.Time(change.At));
        _json.WriteNumber("shard", shard);
        _json.WriteNumber("seq", change.Sequence);
        EndEvent();
    }

    /// <summary>Tells the position alone: so what did not concern the client need not be gone through again.</summary>
    public void WritePosition()
    {
        BeginEvent("position"u8);
        _json.WriteString("type", "position"u8);
        _json.WriteString("key", ""u8);
        EndEvent();
    }

    /// <summary>A comment, for whoever is in between and closes connections on which nothing happens.</summary>
    public void WriteKeepAlive()
    {
        output.Write(": keep-alive\n\n"u8);
        HasUnsent = true;
    }

    /// <summary>Waits while the client does not read what was sent before.</summary>
    public async ValueTask SendAsync(CancellationToken cancellation)
    {
        await output.FlushAsync(cancellation);
        HasUnsent = false;
    }

    public void Dispose() => _json.Dispose();

    private static ReadOnlySpan<byte> TypeOf(FeedChangeKind kind) => kind switch
    {
        FeedChangeKind.Put => "put"u8,
        FeedChangeKind.Append => "append"u8,
        FeedChangeKind.Delete => "delete"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Nobody is told of this"),
    };

    private void BeginEvent(ReadOnlySpan<byte> type)
    {
        output.Write("id: "u8);
        output.Advance(position.Write(output.GetSpan(position.MaxBytes)));
        output.Write("\nevent: "u8);
        output.Write(type);
        output.Write("\ndata: "u8);
        _json.Reset();
        _json.WriteStartObject();
        (IsBehind, HasUnsent) = (false, true);
    }

    private void EndEvent()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n\n"u8);
    }

    private void WriteKey(string name, ObjectKey? key)
    {
        if (key is { } given) _json.WriteString(name, given.Value);
    }
}
