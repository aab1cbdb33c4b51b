using Akka.Streams;
using Akka.Streams.Dsl;
using Ciaos.Client;
using Ciaos.Client.Streams;
using Ciaos.Specs.Akka.Streams;
using Xunit;

namespace Ciaos.Specs.Client.Streams;

/// <summary>Sources and sinks over the node's own front end.</summary>
public sealed class CiaosStreamsSpec : StreamSpec, IAsyncLifetime
{
    private ClientBench _bench = null!;

    private CiaosClient Client => _bench.Client;

    async Task IAsyncLifetime.InitializeAsync() => _bench = await ClientBench.StartAsync();

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await _bench.DisposeAsync();
    }

    [Fact]
    public async Task An_object_is_a_source_of_its_bytes()
    {
        var data = ClientBench.Bytes(300_000);
        var made = await Client.PutAsync("key", data);
        var (info, chunks) = CiaosSource.Object(Client, "key", 10)
            .ToMaterialized(Sink.Seq<ReadOnlyMemory<byte>>(), Keep.Both)
            .Run(Materializer);
        Assert.Equal(data[10..], (await chunks.WaitAsync(Patience)).SelectMany(chunk => chunk.ToArray()));
        Assert.All(await chunks, chunk => Assert.InRange(chunk.Length, 1, 64 * 1024));
        Assert.Equal((300_000, made.ETag), ((await info).SizeBytes, (await info).ETag));
        Assert.Empty(await Collect(CiaosSource.Object(Client, "key", 300_000)));
    }

    [Fact]
    public async Task Nothing_is_asked_for_before_there_is_demand()
    {
        await Client.PutAsync("key", ClientBench.Bytes(300_000));
        var probe = CiaosSource.Object(Client, "key")
            .RunWith(SinkProbe<ReadOnlyMemory<byte>>.Create(), Materializer);
        await probe.ExpectNothing();
        Assert.Single(_bench.Wire.Requests);
        await probe.Request(1);
        Assert.Equal(64 * 1024, (await probe.ExpectNext()).Length);
        await probe.Cancel();
    }

    [Fact]
    public async Task A_key_that_is_not_there_fails_the_source_and_what_it_materializes()
    {
        var (info, done) = CiaosSource.Object(Client, "none")
            .ToMaterialized(Sink.Ignore<ReadOnlyMemory<byte>>(), Keep.Both)
            .Run(Materializer);
        var error = await Assert.ThrowsAsync<CiaosException>(() => info.WaitAsync(Patience));
        Assert.Equal(CiaosError.NotFound, error.Error);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => done.WaitAsync(Patience));
        Assert.Same(error, failure.GetBaseException());
    }

    [Fact]
    public async Task A_listing_is_a_source_that_can_be_run_again()
    {
        foreach (var key in new[] { "a/1", "a/2", "b" }) await Client.PutAsync(key, new byte[1]);
        var listing = CiaosSource.Listing(Client, "a/").Select(found => found.Key);
        Assert.Equal(["a/1", "a/2"], await Collect(listing));
        await Client.DeleteAsync("a/1");
        Assert.Equal(["a/2"], await Collect(listing));
    }

    [Fact]
    public async Task A_sink_stores_what_the_stream_brings()
    {
        var data = ClientBench.Bytes(500_000);
        var chunks = data.Chunk(7777).Select(chunk => new ReadOnlyMemory<byte>(chunk));
        var sink = CiaosSink.Object(Client, "key", new PutOptions { ContentType = "text/plain" });
        var made = await Source.From(chunks).RunWith(sink, Materializer).WaitAsync(Patience);
        Assert.Equal((500_000, "text/plain"), (made.SizeBytes, made.ContentType));
        Assert.Equal(data, await Client.GetBytesAsync("key"));
        Assert.Equal("text/plain", (await Client.StatAsync("key")).ContentType);

        // Object to object, and with conditions.
        await CiaosSource.Object(Client, "key").RunWith(CiaosSink.Object(Client, "copy"), Materializer);
        Assert.Equal(data, await Client.GetBytesAsync("copy"));
    }

    [Fact]
    public async Task A_stream_that_fails_leaves_what_was_there()
    {
        await Client.PutAsync("key", "old"u8.ToArray());
        var (source, made) = SourceProbe<ReadOnlyMemory<byte>>.Create()
            .ToMaterialized(CiaosSink.Object(Client, "key"), Keep.Both)
            .Run(Materializer);
        await source.Send(new byte[100_000], new byte[100_000], new byte[100_000]);
        await source.Fail(new Boom());
        var error = await Assert.ThrowsAnyAsync<Exception>(() => made.WaitAsync(Patience));
        Assert.IsType<Boom>(error.GetBaseException());
        Assert.Equal("old"u8.ToArray(), await Client.GetBytesAsync("key"));
    }

    [Fact]
    public async Task An_upload_that_fails_cancels_the_stream()
    {
        await Client.PutAsync("key", "old"u8.ToArray());
        var (source, made) = SourceProbe<ReadOnlyMemory<byte>>.Create()
            .ToMaterialized(CiaosSink.Object(Client, "key", new PutOptions { IfNoneMatch = "*" }), Keep.Both)
            .Run(Materializer);
        var error = await Assert.ThrowsAsync<CiaosException>(() => made.WaitAsync(Patience));
        Assert.Equal(CiaosError.PreconditionFailed, error.Error);
        await source.ExpectCancellation();
    }

    [Fact]
    public async Task A_sink_takes_no_more_than_the_node_does()
    {
        using var release = new SemaphoreSlim(0);
        _bench.Wire.Overrule = (_, message) =>
        {
            // The node does not read: it is not even asked until the spec says so.
            release.Wait();
            return null;
        };
        var taken = 0;
        var chunks = Enumerable.Repeat(0, 1000).Select(_ =>
        {
            Interlocked.Increment(ref taken);
            return new ReadOnlyMemory<byte>(new byte[10_000]);
        });
        var made = Task.Run(() => Source.From(chunks).RunWith(CiaosSink.Object(Client, "key"), Materializer));
        await Task.WhenAny(made, Task.Delay(100));
        Assert.InRange(Volatile.Read(ref taken), 0, 4);
        release.Release();
        Assert.Equal(10_000_000, (await made.WaitAsync(Patience)).SizeBytes);
    }

    [Fact]
    public async Task A_stream_whose_materializer_stops_stores_nothing()
    {
        var materializer = ActorMaterializer.Create(Sys);
        var (source, made) = SourceProbe<ReadOnlyMemory<byte>>.Create()
            .ToMaterialized(CiaosSink.Object(Client, "key"), Keep.Both)
            .Run(materializer);
        await source.Send(new byte[100_000], new byte[100_000]);
        materializer.Shutdown();
        await Assert.ThrowsAnyAsync<Exception>(() => made.WaitAsync(Patience));
        Assert.False(await Client.ExistsAsync("key"));
    }

    [Fact]
    public async Task A_batch_and_the_events_are_sources()
    {
        var (client, wire) = ClientBench.Scripted((_, message) => message.RequestUri!.AbsolutePath == "/events"
            ? FaultyWire.Answer(200, "id: 1\nevent: delete\ndata: {\"key\":\"k\"}\n\n", "text/event-stream")
            : FaultyWire.Answer(Convert.FromHexString(
                "0100c80000000000010000000100000000000000" + "0100000000000000" + "61"
                + "0200000001000000000000000000000000000000")));
        var item = Assert.Single(await Collect(CiaosSource.Batch(client, ["a"])));
        Assert.Equal("a"u8.ToArray(), item.Files.Single().ToArray());
        var found = Assert.Single(await Collect(CiaosSource.Events(client, "0", follow: false)));
        Assert.Equal(new StoreEvent("1", StoreEventKind.Delete, "k"), found);
        Assert.Equal("/events?after=0&follow=0", wire.Requests.Last().RequestUri!.PathAndQuery);
    }

    [Fact]
    public async Task Events_that_nobody_wants_any_more_let_go_of_the_connection()
    {
        var feed = new ClosingStream("id: 1\nevent: delete\ndata: {\"key\":\"k\"}\n\n"u8.ToArray());
        var (client, _) = ClientBench.Scripted((_, _) => new HttpResponseMessage { Content = new StreamContent(feed) });
        await Collect(CiaosSource.Events(client).Take(1));
        await feed.Closed.WaitAsync(Patience);
    }

    /// <summary>Gives its bytes, then waits for ever.</summary>
    private sealed class ClosingStream(byte[] bytes) : MemoryStream(bytes)
    {
        private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Closed => _closed.Task;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            if (count == 0) await Task.Delay(Timeout.Infinite, cancellationToken);
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            _closed.TrySetResult();
        }
    }
}
