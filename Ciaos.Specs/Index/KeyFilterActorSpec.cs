using Akka.Actor;
using Akka.TestKit.Xunit2;
using Ciaos.Actors.Index;
using Ciaos.Specs.Index.Catalog;
using Ciaos.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Ciaos.Specs.Index;

public sealed class KeyFilterActorSpec : TestKit
{
    private const int Keys = 60;

    // A page of 3 keys: there are many, and the last one is full.
    private const int KeysPerSecond = 300;

    private static readonly ShardLayout Layout = new(CatalogFixture.Shards);

    private readonly CatalogFixture _catalog = new("sqlite");
    private readonly IActorRef _filler;

    public KeyFilterActorSpec()
        : base(IndexSettings.DefaultConfig())
    {
        for (var i = 0; i < Keys; i++)
        {
            var put = CatalogFixture.Put(KeyOf(i), bucket: BucketOf(i));
            _catalog.Apply(Layout.ShardOf(put.Bucket, put.Key), put);
        }

        _filler = Sys.ActorOf(KeyFilterActor.Props(_catalog.Readers, Layout, KeysPerSecond));
    }

    [Fact]
    public void Every_shard_gets_all_its_keys_and_no_others()
    {
        var filters = Fill(0, 1, 5, 15);
        AwaitFilled(filters);
        Check(filters);
    }

    [Fact]
    public async Task Who_asks_while_others_are_filled_is_filled_too()
    {
        var filters = Fill(Enumerable.Range(0, 8).ToArray());
        await Task.Delay(TimeSpan.FromMilliseconds(600));
        var later = Fill(Enumerable.Range(8, 8).ToArray());
        AwaitFilled(filters);
        AwaitFilled(later);
        Check(filters);
        Check(later);
    }

    [Fact]
    public void A_catalog_that_cannot_be_read_now_is_read_later()
    {
        Execute("ALTER TABLE object RENAME TO away");
        var filters = new Dictionary<int, KeyFilter>();
        EventFilter.Warning(start: "The keys of the catalog could not be read").ExpectOne(() => filters = Fill(3));
        Execute("ALTER TABLE away RENAME TO object");
        AwaitFilled(filters);
        Check(filters);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _catalog.Dispose();
    }

    private Dictionary<int, KeyFilter> Fill(params int[] shards)
    {
        var filters = shards.ToDictionary(shard => shard, _ => new KeyFilter(1024));
        foreach (var (shard, filter) in filters)
        {
            filter.Begin([]);
            _filler.Tell(new KeyFilterActor.Fill(shard, filter));
        }

        return filters;
    }

    private void AwaitFilled(Dictionary<int, KeyFilter> filters) => AwaitCondition(
        () => filters.Values.All(filter => !filter.MayHold(HashOf(new BucketId(3), "not there"))));

    private static void Check(Dictionary<int, KeyFilter> filters)
    {
        for (var i = 0; i < Keys; i++)
        {
            var hash = HashOf(new BucketId(BucketOf(i)), KeyOf(i));
            var owner = Layout.ShardOf(KeySlot.Of(hash));
            Assert.All(filters, filter => Assert.Equal(filter.Key == owner, filter.Value.MayHold(hash)));
        }
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_catalog.Settings.Location};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string KeyOf(int i) => $"key-{i}";

    private static int BucketOf(int i) => 1 + (i % 2);

    private static uint HashOf(BucketId bucket, string key) => KeySlot.HashOf(bucket, ObjectKey.Create(key));
}
