using Ciaos.Client;
using Ciaos.Host;
using Ciaos.Host.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Ciaos.Specs.Client;

/// <summary>Batches, events and idempotency keys, with a whole node behind them.</summary>
public sealed class WholeNodeSpec(WholeNodeSpec.Started started)
    : IClassFixture<WholeNodeSpec.Started>, IAsyncLifetime, IDisposable
{
    private FaultyWire _wire = null!;
    private CiaosClient _client = null!;

    public Task InitializeAsync()
    {
        _wire = new FaultyWire();
        _client = new CiaosClient(ClientBench.Impatient(new Uri(started.Node.Address), _wire) with
        {
            User = $"user-{started.NextUser()}",
            Retries = 20,
        });
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _client.DisposeAsync();

    public void Dispose() => _wire.Dispose();

    [Fact]
    public async Task Many_objects_go_up_and_come_down_and_those_that_fail_say_so()
    {
        await _client.PutAsync("k5", "taken"u8.ToArray());
        var puts = Enumerable.Range(0, 500).Select(i => new BatchPut(
            $"k{i}", [ClientBench.Bytes(i, i), new byte[] { (byte)i }], WriteMode.Create)).ToList();
        puts.Add(new BatchPut("none", [new byte[1]], WriteMode.Append));
        var results = await _client.PutManyAsync(puts).ToListAsync();
        Assert.Equal(Enumerable.Range(0, 501), results.Select(result => (int)result.Index));
        Assert.Equal([5, 500], results.Where(result => result.Error is not null).Select(result => (int)result.Index));
        Assert.Equal((CiaosError.Exists, "k5"), (results[5].Error!.Error, results[5].Error!.Key));
        Assert.Equal(CiaosError.NotFound, results[500].Error!.Error);
        Assert.Equal(results[7].ETag, (await _client.StatAsync("k7")).ETag);

        var keys = puts.Select(put => put.Key).Append("k7").ToList();
        await foreach (var item in _client.GetManyAsync(keys))
        {
            using (item)
            {
                Assert.Equal(keys[(int)item.Index], item.Key);
                Assert.Equal(item.Key != "none", item.IsFound);
                if (item.Key is "none" or "k5") continue;
                Assert.Equal(
                    puts[int.Parse(item.Key[1..])].Files.Select(file => file.ToArray()),
                    item.Files.Select(file => file.ToArray()));
            }
        }

        var order = await _client.GetManyAsync(keys, isOrdered: true).Select(item => item.Key).ToListAsync();
        Assert.Equal(keys, order);
    }

    [Fact]
    public async Task Files_larger_than_a_chunk_are_streamed_from_key_to_key()
    {
        byte[][] files = [ClientBench.Bytes(9_000_000), [], ClientBench.Bytes(70_000, 2)];
        await _client.PutFilesAsync("from", [.. files.Select(file => new ReadOnlyMemory<byte>(file))]);
        await using (var stream = await _client.OpenFilesAsync("from"))
        {
            Assert.Equal(files.Select(file => (long)file.Length), stream.Lengths);
            var made = await _client.UploadFilesAsync("to", stream.Lengths, stream);
            Assert.Equal((9_070_000, 3), (made.SizeBytes, made.FileCount));
        }

        Assert.Equal(files, (await _client.GetFilesAsync("to")).Select(file => file.ToArray()));
        await Assert.ThrowsAsync<CiaosException>(() => _client.OpenFilesAsync("none"));
        var error = await Assert.ThrowsAsync<CiaosException>(
            () => _client.UploadFilesAsync("to", [1], new MemoryStream(new byte[1]), WriteMode.Create));
        Assert.Equal(CiaosError.Exists, error.Error);
    }

    [Fact]
    public async Task What_happens_to_keys_is_told_in_order_and_from_a_position_on()
    {
        await _client.PutAsync("a", "1"u8.ToArray());
        await _client.AppendFilesAsync("a", ["22"u8.ToArray()]);
        await _client.RenameAsync("a", "b");
        await _client.DeleteAsync("b");
        var all = await _client.EventsAsync(follow: false).ToListAsync();
        var told = all.Where(found => found.Kind != StoreEventKind.Position).ToList();
        Assert.Equal(
            [StoreEventKind.Put, StoreEventKind.Append, StoreEventKind.Delete],
            told.Where(found => found.Key == "a").Select(found => found.Kind));
        Assert.Equal(
            [StoreEventKind.Put, StoreEventKind.Delete],
            told.Where(found => found.Key == "b").Select(found => found.Kind));
        Assert.Equal(1, told.First(found => found.Key == "a").SizeBytes);
        Assert.Equal(("b", "a"), (told.Single(x => x.RenamedTo is not null).RenamedTo,
            told.Single(x => x.RenamedFrom is not null).RenamedFrom));

        var made = await _client.PutAsync("prefix/c", "3"u8.ToArray());
        var next = await _client.EventsAsync(all[^1].Position, "prefix/").FirstAsync();
        Assert.Equal((StoreEventKind.Put, "prefix/c", made.ETag), (next.Kind, next.Key, next.ETag));
    }

    [Fact]
    public async Task Who_follows_is_told_as_it_happens_and_after_a_break_goes_on()
    {
        await using var events = _client.EventsAsync("now").GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(StoreEventKind.Position, events.Current.Kind);
        _wire.BreaksAfter = request => request == 1 ? 0 : null;
        await _client.PutAsync("a", "1"u8.ToArray());
        while (events.Current.Kind is StoreEventKind.Position) Assert.True(await events.MoveNextAsync());
        Assert.Equal("a", events.Current.Key);
    }

    [Fact]
    public async Task An_append_whose_answer_is_lost_is_made_once()
    {
        await _client.PutFilesAsync("key", ["first"u8.ToArray()]);
        _wire.LosesAnswer = request => request is 1 or 2;
        var made = await _client.AppendFilesAsync("key", ["second"u8.ToArray()]);
        Assert.Equal(4, _wire.Requests.Count);
        Assert.True(made.WasReplayed);
        Assert.Equal(2, (await _client.GetFilesAsync("key")).Count);
        Assert.Equal(made.ETag, (await _client.StatAsync("key")).ETag);
    }

    [Fact]
    public async Task A_batch_of_puts_whose_answer_is_lost_is_made_once()
    {
        await _client.PutFilesAsync("key", ["first"u8.ToArray()]);
        _wire.LosesAnswer = request => request is 1;
        BatchPut[] puts =
        [
            new("new", ["1"u8.ToArray()], WriteMode.Create),
            new("key", ["second"u8.ToArray()], WriteMode.Append),
            new("key", ["third"u8.ToArray()], WriteMode.Append),
        ];
        var results = await _client.PutManyAsync(puts).ToListAsync();
        Assert.Equal([201, 200, 200], results.Select(result => result.Status));
        Assert.Equal(3, _wire.Requests.Count);
        Assert.Equal(3, (await _client.GetFilesAsync("key")).Count);
    }

    /// <summary>One node for all; each spec is a user of its own.</summary>
    public sealed class Started : IAsyncLifetime
    {
        private readonly string _data = Directory.CreateTempSubdirectory("ciaos-client-").FullName;
        private int _users;

        public Node Node { get; private set; } = null!;

        public int NextUser() => Interlocked.Increment(ref _users);

        public async Task InitializeAsync() => Node = await Node.StartAsync(
            NodeConfig.Load(null, [], [$"ciaos.data={_data}", "ciaos.http.port=0"]),
            NullLoggerFactory.Instance,
            TimeProvider.System,
            CancellationToken.None);

        public async Task DisposeAsync()
        {
            await Node.DisposeAsync();
            Directory.Delete(_data, recursive: true);
        }
    }
}
