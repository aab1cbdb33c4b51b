using System.Net;
using System.Net.Sockets;
using Ciaos.Actors.Index;
using Ciaos.Client;
using Xunit;

namespace Ciaos.Specs.Client;

/// <summary>What breaks is taken up again, or told; never half done.</summary>
public sealed class TransferSpec : IAsyncLifetime
{
    private ClientBench _bench = null!;

    private CiaosClient Client => _bench.Client;

    private FaultyWire Wire => _bench.Wire;

    public async Task InitializeAsync() => _bench = await ClientBench.StartAsync();

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_download_goes_on_where_it_broke()
    {
        var data = ClientBench.Bytes(1_000_000);
        var made = await Client.PutAsync("key", data);
        Wire.BreaksAfter = request => request is 1 or 2 ? 300_000 : null;
        var target = new MemoryStream();
        var told = new List<long>();
        var info = await Client.GetToAsync("key", target, 5, progress: new Progress(told));
        Assert.Equal(data[5..], target.ToArray());
        Assert.Equal(
            ["bytes=5-", "bytes=300005-999999", "bytes=600005-999999"],
            Enumerable.Range(1, 3).Select(request => Wire.Header(request, "Range")));
        Assert.Equal($"\"{made.ETag}\"", Wire.Header(3, "If-Match"));
        Assert.Equal((1_000_000, made.ETag), (info.SizeBytes, info.ETag));
        Assert.Equal(999_995, told[^1]);
        Assert.Equal(told.Order(), told);
    }

    [Fact]
    public async Task A_download_of_what_has_changed_since_is_no_mixture()
    {
        await Client.PutAsync("key", ClientBench.Bytes(1_000_000));
        Wire.BreaksAfter = request => request == 1 ? 300_000 : null;
        await using var stream = await Client.OpenReadAsync("key");
        await Client.PutAsync("key", ClientBench.Bytes(1_000_000, 2));
        var error = await Assert.ThrowsAsync<CiaosException>(() => stream.CopyToAsync(Stream.Null));
        Assert.Equal((CiaosError.BrokenTransfer, "key"), (error.Error, error.Key));
        Assert.Contains("changed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_download_that_breaks_again_and_again_fails()
    {
        await Client.PutAsync("key", ClientBench.Bytes(1000));
        Wire.BreaksAfter = _ => 0;
        var error = await Assert.ThrowsAsync<CiaosException>(() => Client.GetBytesAsync("key"));
        Assert.Equal(CiaosError.BrokenTransfer, error.Error);
        Assert.Equal(1 + 4, Wire.Requests.Count);
    }

    [Fact]
    public async Task A_list_of_files_that_breaks_is_asked_for_as_a_whole()
    {
        ReadOnlyMemory<byte>[] files = [ClientBench.Bytes(100_000), ClientBench.Bytes(5)];
        await Client.PutFilesAsync("key", files);
        Wire.BreaksAfter = request => request == 1 ? 70_000 : null;
        Assert.Equal(
            files.Select(file => file.ToArray()),
            (await Client.GetFilesAsync("key")).Select(file => file.ToArray()));
    }

    [Fact]
    public async Task A_node_that_is_busy_is_asked_again_under_the_same_idempotency_key()
    {
        Wire.Overrule = (request, _) => request switch
        {
            0 => FaultyWire.Answer(503, "busy"),
            1 => FaultyWire.Answer(429, "slower"),
            2 => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"),
            _ => null,
        };
        await Client.PutFilesAsync("key", [new byte[] { 1 }]);
        Assert.Equal(4, Wire.Requests.Count);
        var names = Enumerable.Range(0, 4).Select(request => Wire.Header(request, "Idempotency-Key")).Distinct();
        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(names));
        await Client.AppendFilesAsync("key", [new byte[] { 2 }]);
        Assert.NotEqual(Wire.Header(3, "Idempotency-Key"), Wire.Header(4, "Idempotency-Key"));
        await Client.AppendFilesAsync("key", [new byte[] { 2 }], new WriteOptions { IdempotencyKey = "mine" });
        Assert.Equal("mine", Wire.Header(5, "Idempotency-Key"));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(412)]
    [InlineData(500)]
    [InlineData(507)]
    public async Task What_no_repetition_helps_is_not_repeated(int status)
    {
        Wire.Overrule = (_, _) => FaultyWire.Answer(status, "no");
        var error = await Assert.ThrowsAsync<CiaosException>(() => Client.PutAsync("key", new byte[1]));
        Assert.Equal((status, "no"), (error.Status, error.Text));
        Assert.Single(Wire.Requests);
    }

    [Fact]
    public async Task A_node_that_stays_busy_is_given_up()
    {
        Wire.Overrule = (_, _) => FaultyWire.Answer(503, "busy");
        var error = await Assert.ThrowsAsync<CiaosException>(() => Client.StatAsync("key"));
        Assert.Equal((CiaosError.Unavailable, 503), (error.Error, error.Status));
        Assert.Equal(1 + 3, Wire.Requests.Count);
    }

    [Fact]
    public async Task A_stream_that_can_seek_is_sent_again_from_where_it_stood()
    {
        var data = ClientBench.Bytes(3_000_000);
        using var stream = new MemoryStream(data) { Position = 7 };
        Wire.LosesAnswer = request => request == 0;
        var made = await Client.PutAsync("key", stream);
        Assert.Equal(data.Length - 7, made.SizeBytes);
        Assert.Equal(2, Wire.Requests.Count);
        Assert.Equal(data[7..], await Client.GetBytesAsync("key"));
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_is_sent_once()
    {
        var data = ClientBench.Bytes(3_000_000);
        Wire.LosesAnswer = request => request == 0;
        var error = await Assert.ThrowsAsync<CiaosException>(() => Client.PutAsync("key", new Pipe(data)));
        Assert.Equal(CiaosError.BrokenTransfer, error.Error);
        Assert.Single(Wire.Requests);
        var made = await Client.PutAsync("key", new Pipe(data));
        Assert.Equal(data.Length, made.SizeBytes);
        Assert.Equal(data, await Client.GetBytesAsync("key"));
    }

    [Fact]
    public async Task A_stream_that_cannot_seek_is_still_whole_when_the_head_alone_was_refused()
    {
        var data = ClientBench.Bytes(3_000_000);
        var replies = 0;
        _bench.Node.Overrule = command => command is IndexProtocol.Lookup or IndexProtocol.Recall && replies++ == 0
            ? new IndexProtocol.Failed(IndexProtocol.FailReason.Unavailable, "not now")
            : null;
        await Client.PutAsync("key", new Pipe(data), new PutOptions { IfNoneMatch = "*" });
        Assert.Equal(2, Wire.Requests.Count);
        Assert.Equal(data, await Client.GetBytesAsync("key"));
    }

    [Fact]
    public async Task A_source_that_fails_leaves_what_was_there()
    {
        await Client.PutAsync("key", "old"u8.ToArray());
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Client.PutAsync("key", Failing()));
        Assert.Equal("the source failed", error.Message);
        Assert.Equal("old"u8.ToArray(), await Client.GetBytesAsync("key"));
        Assert.Equal(3, Wire.Requests.Count);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(101)]
    public async Task A_stream_that_does_not_keep_its_word_stores_nothing(long announced)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Client.PutAsync(
            "key", new Pipe(new byte[100]), new PutOptions { LengthBytes = announced }));
        Assert.False(await Client.ExistsAsync("key"));
    }

    [Fact]
    public async Task A_key_that_a_lost_attempt_deleted_counts_as_deleted()
    {
        await Client.PutAsync("key", new byte[1]);
        Wire.LosesAnswer = request => request == 1;
        await Client.DeleteAsync("key");
        Assert.False(await Client.ExistsAsync("key"));
    }

    [Fact]
    public async Task A_rename_that_may_have_happened_is_told_as_such()
    {
        await Client.PutAsync("key", new byte[1]);
        Wire.LosesAnswer = request => request == 1;
        var error = await Assert.ThrowsAsync<CiaosException>(() => Client.RenameAsync("key", "new"));
        Assert.Equal(CiaosError.Unavailable, error.Error);
        Assert.Contains("may have renamed it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_silent_runs_out_of_time()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = ClientBench.Impatient(new Uri($"http://{listener.LocalEndpoint}")) with
        {
            Timeout = TimeSpan.FromMilliseconds(50),
            Retries = 1,
        };
        await using var client = new CiaosClient(options);
        var error = await Assert.ThrowsAsync<CiaosException>(() => client.StatAsync("key"));
        Assert.Equal((CiaosError.Unavailable, 0), (error.Error, error.Status));
        Assert.Contains("no progress", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_unavailable()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://{listener.LocalEndpoint}");
        listener.Stop();
        await using var client = new CiaosClient(ClientBench.Impatient(address));
        var error = await Assert.ThrowsAsync<CiaosException>(() => client.StatAsync("key"));
        Assert.Equal(CiaosError.Unavailable, error.Error);
        Assert.Contains("no connection", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_is_cancellation_and_no_failure()
    {
        using var stop = new CancellationTokenSource();
        Wire.Overrule = (_, _) =>
        {
            stop.Cancel();
            return FaultyWire.Answer(503, "busy");
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client.StatAsync("key", stop.Token));
        Assert.Single(Wire.Requests);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Failing()
    {
        yield return new byte[200_000];
        await Task.Yield();
        throw new InvalidOperationException("the source failed");
    }

    private sealed class Progress(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }

    /// <summary>A stream that gives its bytes once, and does not tell how many.</summary>
    private sealed class Pipe(byte[] data) : MemoryStream(data)
    {
        public override bool CanSeek => false;
    }
}
