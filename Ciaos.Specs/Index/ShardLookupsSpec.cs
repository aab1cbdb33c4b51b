using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

/// <summary>A shard whose cache knows one key, over a catalog that is written when the spec says so.</summary>
public class ShardLookupsSpec
{
    private static readonly KeyName A = Name("a");
    private static readonly KeyName B = Name("b");

    private readonly ConcurrentDictionary<KeyName, ObjectState?> _catalog = [];
    private readonly ShardStates _states;
    private readonly ShardLookups _lookups;
    private long _sequence;
    private int _reads;
    private Action _beforeRead = () => { };
    private Action _behindRead = () => { };

    public ShardLookupsSpec()
    {
        _states = new ShardStates(1, name => _catalog.GetValueOrDefault(name), _ => null);
        _lookups = _states.LookupsBy(TryRead);
    }

    [Fact]
    public void What_the_catalog_has_is_told_and_remembered()
    {
        _catalog[A] = State(A, 7);
        Assert.Equal(7, VersionOf(A));
        Assert.Equal(7, VersionOf(A));
        Assert.Equal(7, Assert.IsType<Found>(_lookups.Find(A, forReading: true)).Object.Version);
        Assert.Equal(1, _reads);
    }

    [Fact]
    public void What_the_catalog_has_not_is_told_and_remembered_too()
    {
        Assert.Null(_lookups.Find(A, forReading: true));
        Assert.IsType<KeyNotFound>(_lookups.Look(A, forReading: true));
        Assert.IsType<KeyNotFound>(_lookups.Find(A, forReading: true));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public void What_the_filter_rules_out_is_not_read_by_anybody()
    {
        var states = new ShardStates(
            1, _ => throw new InvalidOperationException("read"), _ => null, filterBytes: KeyFilter.BlockBytes);
        var lookups = states.LookupsBy(TryRead);
        Assert.IsType<KeyNotFound>(lookups.Look(A, forReading: true));
        var filter = states.BeginFilter()!;
        Assert.Null(states.BeginFilter());
        filter.Fill(KeySlot.HashOf(B));
        filter.Complete();
        Assert.Equal(1, _reads);
        Assert.IsType<KeyNotFound>(lookups.Look(Name("c"), forReading: true));
        Assert.Null(states.Get(Name("c")));
        Assert.Equal(1, _reads);
        Assert.IsType<KeyNotFound>(lookups.Look(B, forReading: true));
        Assert.Equal(2, _reads);
    }

    // A filter that is begun anew must know of keys that are not in the catalog yet.
    [Fact]
    public void What_is_under_way_when_a_filter_is_begun_is_not_ruled_out()
    {
        var states = new ShardStates(
            1, name => _catalog.GetValueOrDefault(name), _ => null, filterBytes: KeyFilter.BlockBytes);
        var lookups = states.LookupsBy(TryRead);
        var batch = new ShardBatch(0);
        states.Begin(batch);
        states.Set(A, State(A, 1));
        var filter = states.BeginFilter()!;
        states.Set(B, State(B, 2));
        filter.Complete();
        Assert.Null(lookups.Look(A, forReading: true));
        _catalog[A] = State(A, 1);
        _catalog[B] = State(B, 2);
        states.SetVisible(batch);
        states.SetApplied(batch);
        foreach (var name in new[] { A, B })
        {
            Assert.IsType<Found>(lookups.Look(name, forReading: true));
            states.Readable.Set(Name("d"), null);
            Assert.NotNull(states.Get(name));
        }
    }

    [Fact]
    public void Where_the_catalog_cannot_be_read_at_once_the_shard_is_asked()
    {
        _catalog[A] = State(A, 7);
        var busy = _states.LookupsBy((KeyName _, out ObjectState? state) =>
        {
            state = null;
            return false;
        });
        Assert.Null(busy.Look(A, forReading: true));
        Assert.Null(_lookups.Find(A, forReading: true));
    }

    [Fact]
    public void What_is_shown_and_not_in_the_catalog_yet_only_the_shard_can_tell()
    {
        _catalog[A] = State(A, 1);
        var batch = Change(A, 2);
        _states.SetVisible(batch);
        ForgetAllBut(B);
        Assert.Null(_lookups.Look(A, forReading: true));
        Commit(batch);
        Assert.Null(_lookups.Look(A, forReading: true));
        _states.SetApplied(batch);
        Assert.Equal(2, VersionOf(A));
    }

    [Fact]
    public void What_is_in_the_catalog_and_not_shown_yet_only_the_shard_can_tell()
    {
        _catalog[A] = State(A, 1);
        var batch = Change(A, 2);
        ForgetAllBut(B);
        Commit(batch);
        Assert.Null(_lookups.Look(A, forReading: true));
        Assert.Equal(1, _states.GetVisible(A)!.Record.Version);
    }

    // Whoever looks only behind the read finds nothing under way any more.
    [Fact]
    public void What_was_read_before_a_change_is_not_told_behind_it_nor_remembered()
    {
        _catalog[A] = State(A, 1);
        _behindRead = () => Write(A, 2);
        Assert.Null(_lookups.Look(A, forReading: true));
        _behindRead = () => { };
        Assert.Equal(2, VersionOf(A));
        Assert.Equal(2, _states.GetVisible(A)!.Record.Version);
    }

    // It was on its way when the reader came, and arrives before the reader has read: a look at the end sees nothing.
    [Fact]
    public void A_change_that_ends_while_the_catalog_is_read_is_not_missed()
    {
        _catalog[A] = State(A, 1);
        var batch = Change(A, 2);
        _states.SetVisible(batch);
        ForgetAllBut(B);
        _behindRead = () =>
        {
            Commit(batch);
            _states.SetApplied(batch);
        };
        Assert.NotEqual(1, (_lookups.Look(A, forReading: true) as Found)?.Object.Version);
    }

    // Whoever looks only before the read shows it to one reader, while the shard still tells all others of the old one.
    [Fact]
    public void A_change_that_begins_while_the_catalog_is_read_is_not_shown_before_its_time()
    {
        _catalog[A] = State(A, 1);
        _beforeRead = () => Commit(Change(A, 2));
        Assert.Null(_lookups.Look(A, forReading: true));
        Assert.Equal(1, _states.GetVisible(A)!.Record.Version);
    }

    [Fact]
    public void Changes_of_other_keys_are_in_nobodys_way()
    {
        _catalog[A] = State(A, 1);
        _behindRead = () => Write(B, 2);
        Assert.Equal(1, VersionOf(A));
    }

    [Fact]
    public async Task On_many_threads_nobody_sees_less_than_was_shown_before_nor_more_than_is_shown()
    {
        const int changes = 20_000;
        var keys = Enumerable.Range(0, 4).Select(i => Name(i.ToString(CultureInfo.InvariantCulture))).ToArray();
        var (shown, next) = (new long[keys.Length], new long[keys.Length]);
        var shard = new Lock();
        var isDone = false;
        using var started = new CountdownEvent(3);
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Factory.StartNew(
            () => Look(new Random(seed)), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        started.Wait();
        var random = new Random(3);
        while (_sequence < changes)
        {
            var key = random.Next(keys.Length);
            ShardBatch batch;
            lock (shard) batch = Change(keys[key], _sequence + 1);
            var isLazy = random.Next(2) == 0;
            if (isLazy) Show(key, batch);
            Commit(batch);
            lock (shard)
            {
                if (!isLazy) Show(key, batch);
                _states.SetApplied(batch);
            }
        }

        Volatile.Write(ref isDone, true);
        Assert.True((await Task.WhenAll(readers)).Sum() > 0);

        void Show(int key, ShardBatch batch)
        {
            lock (shard)
            {
                Volatile.Write(ref next[key], batch.ToSequence);
                _states.SetVisible(batch);
                Volatile.Write(ref shown[key], batch.ToSequence);
            }
        }

        int Look(Random order)
        {
            var withoutShard = 0;
            started.Signal();
            bool isLast;
            do
            {
                isLast = Volatile.Read(ref isDone);
                var key = order.Next(keys.Length);
                var least = Volatile.Read(ref shown[key]);
                var reply = _lookups.Look(keys[key], forReading: true);
                var version = reply is null ? AskShard(key) : (reply as Found)?.Object.Version ?? 0;
                Assert.InRange(version, least, Volatile.Read(ref next[key]));
                if (reply is not null) withoutShard++;
            }
            while (!isLast);

            return withoutShard;
        }

        long AskShard(int key)
        {
            lock (shard) return _states.GetVisible(keys[key])?.Record.Version ?? 0;
        }
    }

    private bool TryRead(KeyName name, out ObjectState? state)
    {
        Interlocked.Increment(ref _reads);
        _beforeRead();
        state = _catalog.GetValueOrDefault(name);
        _behindRead();
        return true;
    }

    private long VersionOf(KeyName name) =>
        Assert.IsType<Found>(_lookups.Look(name, forReading: true)).Object.Version;

    private void Write(KeyName name, long version)
    {
        var batch = Change(name, version);
        Commit(batch);
        _states.SetVisible(batch);
        _states.SetApplied(batch);
        ForgetAllBut(name == B ? A : B);
    }

    /// <summary>A batch of one event that is neither visible nor in the catalog.</summary>
    private ShardBatch Change(KeyName name, long version)
    {
        var batch = new ShardBatch(version - 1);
        batch.Events.Add(Catalog.CatalogFixture.Put(name.Key.Value));
        _sequence = version;
        _states.Begin(batch);
        _states.Set(name, State(name, version));
        return batch;
    }

    private void Commit(ShardBatch batch)
    {
        foreach (var (name, state) in batch.States) _catalog[name] = state;
    }

    /// <summary>The cache has room for one.</summary>
    private void ForgetAllBut(KeyName name)
    {
        _catalog[name] = State(name, 1);
        _states.GetVisible(name);
    }

    private static KeyName Name(string key) => new(new BucketId(1), ObjectKey.Create(key));

    private static ObjectState State(KeyName name, long version)
    {
        var at = DateTimeOffset.UnixEpoch.AddYears(56);
        var record = new ObjectRecord(
            name.Bucket, name.Key, new ObjectId(1), version, 10, 1, 1, at, at,
            ImmutableSortedDictionary<string, string>.Empty);
        return new ObjectState(
            record, version, SegmentCodec.Encode(Catalog.CatalogFixture.Segments(1, 10).AsSpan()), null);
    }
}
