using System.Net;
using Ciaos.Client;
using Xunit;

namespace Ciaos.Specs.Client;

public sealed class EventsSpec
{
    private const string Put =
        """
        id: 1-0
        event: put
        data: {"type":"put","key":"a\"é","etag":"e1","size":3,"at":"2026-11-22T12:00:00.500Z","shard":0,"seq":1}


        """;

    private const string Deletion =
        """
        : keep-alive

        event:delete
        id:1-1
        data:{"type":"delete",
        data:"key":"b","shard":1,"seq":1,"renamed_to":"c"}


        """;

    private const string Position = "id: 5-1\nevent: position\ndata: \n\n";

    [Fact]
    public async Task Events_are_read_as_they_were_told()
    {
        var (client, wire) = ClientBench.Scripted((_, _) => Feed(Put + Deletion + Position));
        var events = await client.EventsAsync("0-0", "p/?", follow: false).ToListAsync();
        Assert.Equal(
            new StoreEvent("1-0", StoreEventKind.Put, "a\"é")
            {
                ETag = "e1",
                SizeBytes = 3,
                At = new DateTimeOffset(2026, 11, 22, 12, 0, 0, 500, TimeSpan.Zero),
                Shard = 0,
                Sequence = 1,
            },
            events[0]);
        Assert.Equal(
            new StoreEvent("1-1", StoreEventKind.Delete, "b") { Shard = 1, Sequence = 1, RenamedTo = "c" }, events[1]);
        Assert.Equal(new StoreEvent("5-1", StoreEventKind.Position, ""), events[2]);
        Assert.Equal(3, events.Count);
        Assert.Equal("/events?after=0-0&prefix=p/%3F&follow=0", wire.Requests.Single().RequestUri!.PathAndQuery);
    }

    [Fact]
    public async Task Lines_may_end_as_they_do_elsewhere()
    {
        var (client, _) = ClientBench.Scripted((_, _) => Feed(Put.ReplaceLineEndings("\r\n") + Deletion));
        Assert.Equal(2, await client.EventsAsync(follow: false).CountAsync());
    }

    [Fact]
    public async Task After_a_break_it_goes_on_behind_the_last_event()
    {
        var (client, wire) = ClientBench.Scripted((request, _) => Feed(request == 0 ? Put + Deletion : Deletion));

        // The second event breaks off within its data.
        wire.BreaksAfter = request => request == 0 ? System.Text.Encoding.UTF8.GetByteCount(Put) + 50 : null;
        var events = await client.EventsAsync(follow: false).Select(found => found.Position).ToListAsync();
        Assert.Equal(["1-0", "1-1"], events);
        Assert.Equal(["", "1-0"], Enumerable.Range(0, 2).Select(i => wire.Header(i, "Last-Event-ID")));
    }

    [Fact]
    public async Task Who_follows_asks_again_when_the_feed_ends()
    {
        var (client, wire) = ClientBench.Scripted((request, _) => Feed(request == 0 ? Put : Deletion));
        var events = await client.EventsAsync().Take(2).Select(found => found.Position).ToListAsync();
        Assert.Equal(["1-0", "1-1"], events);
        Assert.Equal("1-0", wire.Header(1, "Last-Event-ID"));
    }

    [Fact]
    public async Task An_event_without_its_empty_line_does_not_count()
    {
        var (client, _) = ClientBench.Scripted((_, _) => Feed(Put + Deletion.TrimEnd()));
        Assert.Equal(["1-0"], await client.EventsAsync(follow: false).Select(found => found.Position).ToListAsync());
    }

    [Fact]
    public async Task A_feed_that_always_ends_is_given_up()
    {
        var (client, wire) = ClientBench.Scripted((_, _) => Feed(""));
        var error = await Assert.ThrowsAsync<CiaosException>(async () => await client.EventsAsync().ToListAsync());
        Assert.Equal(CiaosError.Unavailable, error.Error);
        Assert.Equal(1 + 3, wire.Requests.Count);
    }

    [Fact]
    public async Task A_feed_that_does_not_go_back_so_far_says_so()
    {
        var (client, _) = ClientBench.Scripted((_, _) => FaultyWire.Answer(410, "compacted"));
        var error = await Assert.ThrowsAsync<CiaosException>(async () => await client.EventsAsync("0").ToListAsync());
        Assert.Equal((CiaosError.Gone, "compacted"), (error.Error, error.Text));
    }

    [Fact]
    public async Task Silence_is_a_break_too()
    {
        var (client, wire) = ClientBench.Scripted(
            (request, _) => request == 0 ? Silent() : Feed(Put),
            options => options with { Timeout = TimeSpan.FromMilliseconds(50) });
        Assert.Equal("1-0", (await client.EventsAsync().FirstAsync()).Position);
        Assert.Equal(2, wire.Requests.Count);
    }

    private static HttpResponseMessage Feed(string text) => FaultyWire.Answer(200, text, "text/event-stream");

    private static HttpResponseMessage Silent() =>
        new(HttpStatusCode.OK) { Content = new StreamContent(new System.IO.Pipelines.Pipe().Reader.AsStream()) };
}
