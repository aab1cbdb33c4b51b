using System.IO.Pipelines;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Objects;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Objects;

/// <summary>Clients that announce much and send little: what they cost, and that they stop nobody.</summary>
public sealed class SlowUploadSpec : TestKit
{
    private const int ChunkBytes = 1 << 20;
    private const int BudgetBytes = ChunkBytes;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private readonly MemoryVolumes _volumes = new();
    private readonly SteppedTime _time = new();
    private readonly UploadTarget _target;

    public SlowUploadSpec() => _target = Target(new UploadBudget(BudgetBytes, Patience, _time));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Upload.FreeBytes, 0)]
    [InlineData(Upload.FreeBytes + 1, 64 * 1024)]
    [InlineData(64 * 1024 + 1, 256 * 1024)]
    [InlineData(256 * 1024 + 1, ChunkBytes)]
    public async Task Memory_is_taken_for_what_has_come_and_not_for_what_was_announced(int sent, int reserved)
    {
        var client = new SlowClient(_target, announced: ChunkBytes);
        await client.SendAsync(sent);
        await AwaitAssertAsync(() => Assert.Equal(BudgetBytes - reserved, _target.Budget.FreeBytes));
        await client.FinishAsync();
        Assert.Equal(BudgetBytes, _target.Budget.FreeBytes);
    }

    [Fact]
    public async Task Stalled_clients_stop_neither_a_small_body_nor_a_large_one()
    {
        var stalled = Enumerable.Range(0, 10).Select(_ => new SlowClient(_target, 3 * ChunkBytes)).ToArray();
        foreach (var client in stalled) await client.SendAsync(300_000);
        await AwaitAssertAsync(() => Assert.Equal(0, _target.Budget.FreeBytes));

        var small = new SlowClient(_target, Upload.FreeBytes);
        await small.FinishAsync();
        var large = new SlowClient(_target, 3 * ChunkBytes);
        var finished = large.FinishAsync();
        while (!finished.IsCompleted)
        {
            _time.Advance(Patience);
            await Task.WhenAny(finished, Task.Delay(10));
        }

        await finished;
        foreach (var client in stalled) await WithTimePassing(client.FinishAsync());
        Assert.Equal(BudgetBytes, _target.Budget.FreeBytes);
        Assert.Equal(0, _time.TimerCount);
    }

    [Fact]
    public async Task A_few_bytes_are_kept_in_hand_and_not_stored_when_memory_is_given_back()
    {
        var slow = new SlowClient(_target, announced: 2 * ChunkBytes);
        await slow.SendAsync(ChunkBytes + 10);
        await AwaitAssertAsync(() => Assert.Single(_volumes.Appended));
        await AwaitAssertAsync(() => Assert.Equal(0, _target.Budget.FreeBytes));

        var other = new SlowClient(_target, announced: ChunkBytes);
        await WithTimePassing(other.FinishAsync());
        Assert.Equal(2, _volumes.Appended.Count);
        await WithTimePassing(slow.FinishAsync());
    }

    [Fact]
    public async Task A_body_whose_last_bytes_were_stored_early_ends_with_an_empty_needle()
    {
        var slow = new SlowClient(_target, announced: 600_000);
        await slow.SendAsync(600_000);
        await AwaitAssertAsync(() => Assert.Equal(BudgetBytes - 600_000, _target.Budget.FreeBytes));
        var other = new SlowClient(_target, announced: ChunkBytes);
        await WithTimePassing(other.FinishAsync());

        await slow.FinishAsync();
        var last = _volumes.Appended.Last();
        Assert.True(last.IsLastChunk);
        Assert.Equal(0, last.Data.Length);
    }

    [Fact]
    public async Task Who_gives_up_while_it_waits_for_memory_leaves_nothing_behind()
    {
        var holder = new SlowClient(_target, announced: null);
        await holder.SendAsync(300_000);
        await AwaitAssertAsync(() => Assert.Equal(0, _target.Budget.FreeBytes));
        var waiting = new SlowClient(_target, announced: null);
        await waiting.SendAsync(5000);
        await AwaitAssertAsync(() => Assert.Equal(1, _time.TimerCount));

        await waiting.BreakOffAsync();
        await holder.FinishAsync();
        Assert.Equal(BudgetBytes, _target.Budget.FreeBytes);
        Assert.Equal(0, _time.TimerCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Many_bodies_through_little_memory_are_all_whole(int seed)
    {
        var target = Target(new UploadBudget(BudgetBytes, TimeSpan.FromMilliseconds(1), TimeProvider.System));
        var random = new Random(seed);
        var clients = Enumerable.Range(0, 60).Select(_ => (
            Client: new SlowClient(target, random.Next(2) == 0 ? random.Next(3 * ChunkBytes) : null),
            Pieces: Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(1, 500_000)).ToArray())).ToArray();
        await Task.WhenAll(clients.Select(async it =>
        {
            foreach (var piece in it.Pieces)
            {
                await it.Client.SendAsync(piece);
                await Task.Yield();
            }

            await it.Client.FinishAsync();
        })).WaitAsync(Long);
        Assert.Equal(BudgetBytes, target.Budget.FreeBytes);
    }

    private UploadTarget Target(UploadBudget budget) => new(
        Sys.ActorOf(_volumes.Props()), _volumes, new NeedleIds(TimeProvider.System), new ChunkBuffers(ChunkBytes),
        budget, new StoreSettings(ChunkBytes, 2, BudgetBytes, Patience, TimeSpan.FromSeconds(10)));

    private async Task WithTimePassing(Task task)
    {
        while (!task.IsCompleted)
        {
            _time.Advance(Patience);
            await Task.WhenAny(task, Task.Delay(10));
        }

        await task;
    }

    /// <summary>An upload whose body comes when the spec says so, and which looks at what became of it.</summary>
    private sealed class SlowClient : IDisposable
    {
        private const int DefaultBytes = 400_000;

        private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        private readonly CancellationTokenSource _aborted = new();
        private readonly byte[] _body;
        private readonly Task<StoredBody> _stored;
        private int _sentBytes;

        public SlowClient(UploadTarget target, int? announced)
        {
            _body = new byte[announced ?? DefaultBytes];
            new Random(_body.Length).NextBytes(_body);
            _stored = Task.Run(() => StoreAsync(target, announced));
        }

        public void Dispose() => _aborted.Dispose();

        public async Task SendAsync(int bytes)
        {
            bytes = Math.Min(bytes, _body.Length - _sentBytes);
            await _pipe.Writer.WriteAsync(_body.AsMemory(_sentBytes, bytes));
            _sentBytes += bytes;
        }

        public async Task FinishAsync()
        {
            await SendAsync(_body.Length);
            await _pipe.Writer.CompleteAsync();
            var stored = await _stored;
            var back = new byte[stored.LengthBytes];
            stored.Read(0, back);
            Assert.True(_body.AsSpan().SequenceEqual(back));
        }

        public async Task BreakOffAsync()
        {
            await _aborted.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _stored);
        }

        private async Task<StoredBody> StoreAsync(UploadTarget target, int? announced)
        {
            var id = target.Ids.Next();
            await using var upload = new Upload(target, new Needle(
                NeedleKind.Data, id, new BucketId(1), ObjectKey.Create("k"), new ObjectId(id.Value), 0, false,
                UploadOperation.Create, BodyFormat.Raw, new Dictionary<string, string>(), default));
            await upload.BufferAsync(_pipe.Reader, announced, _aborted.Token);
            return await upload.StoreAsync(_pipe.Reader, _aborted.Token);
        }
    }
}
