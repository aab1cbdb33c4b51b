using Ciaos.Actors.Index.Catalog;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>Who is reading which content, so that its rows stay as long as they are read. Lost when the shard
/// restarts.</summary>
internal sealed class ReadTickets(TimeProvider time, TimeSpan idle, int max)
{
    private readonly Dictionary<long, Held> _held = [];
    private readonly Dictionary<long, int> _readers = [];

    // Begins with the time, so that a ticket from before a restart is not taken for one of now.
    private long _lastId = Micros.From(time.GetUtcNow());

    public bool IsFull => _held.Count >= max;

    public ReadTicket Give(ContentView content)
    {
        var ticket = new ReadTicket(++_lastId, content.ContentSequence);
        _held.Add(ticket.Id, new Held(content, time.GetTimestamp()));
        _readers[content.ContentSequence] = _readers.GetValueOrDefault(content.ContentSequence) + 1;
        return ticket;
    }

    /// <summary>The content of a ticket that is still held; its idle time begins anew.</summary>
    public ContentView? Use(ReadTicket ticket)
    {
        if (!_held.TryGetValue(ticket.Id, out var held) || !held.Suits(ticket)) return null;
        _held[ticket.Id] = held with { LastUsed = time.GetTimestamp() };
        return held.Content;
    }

    public void End(ReadTicket ticket)
    {
        if (_held.TryGetValue(ticket.Id, out var held) && held.Suits(ticket)) End(ticket.Id);
    }

    /// <summary>Takes back the tickets of readers that have not been heard of. Returns how many.</summary>
    public int Expire()
    {
        var expired = _held
            .Where(held => time.GetElapsedTime(held.Value.LastUsed) >= idle)
            .Select(held => held.Key).ToList();
        foreach (var id in expired) End(id);
        return expired.Count;
    }

    public bool IsRead(long contentSequence) => _readers.ContainsKey(contentSequence);

    private void End(long id)
    {
        _held.Remove(id, out var held);
        var content = held.Content.ContentSequence;
        if (--_readers[content] == 0) _readers.Remove(content);
    }

    private readonly record struct Held(ContentView Content, long LastUsed)
    {
        public bool Suits(ReadTicket ticket) => Content.ContentSequence == ticket.ContentSequence;
    }
}
