using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Actors.Rebuild;
using Ciaos.Specs.Storage.FlatBuffers;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Rebuild;

/// <summary>Nothing is missing: every event keeps its number, and every key its bytes.</summary>
public abstract class IndexRebuildSpec(bool tellsByNeedles) : IDisposable
{
    private readonly RebuildFixture _store = new(tellsByNeedles: tellsByNeedles);

    [Fact]
    public void Every_kind_of_operation_is_brought_back_as_it_was()
    {
        var (a, b, c) = (_store.KeyOf(0), _store.KeyOf(0, "other"), _store.KeyOf(3));
        _store.Put("raw", "one");
        _store.Put("overwritten", "old");
        _store.Put("overwritten", "new");
        _store.Put("appended", "x");
        _store.Append("appended", "y");
        _store.Append("appended", "z");
        _store.Put("deleted", "gone");
        _store.Delete("deleted");
        _store.Put("back", "before");
        _store.Delete("back");
        _store.Put("back", "after");
        _store.Put(a, "moved");
        _store.Rename(a, b);
        var many = _store.Upload("chunks", UploadOperation.Replace, BodyFormat.Raw, Chunks("ab", "cd", "e"));
        _store.Put("chunks", many);
        var files = FileLists.Write(["first"u8.ToArray(), [], "third"u8.ToArray()]);
        _store.Put("files", _store.Upload("files", UploadOperation.Create, BodyFormat.FileDataList, [files]));
        Move(b, c, "moved");
        var report = AssertComplete();
        Assert.Equal(
            Expect(
                ("raw", "one"), ("overwritten", "new"), ("appended", "x|y|z"), ("back", "after"), (c, "moved"),
                ("chunks", "abcde"), ("files", "first||third")),
            _store.Contents());
        Assert.Equal((7L, 4, 1), (report.Keys, report.Shards, report.Volumes));
    }

    [Fact]
    public void Chains_of_renames_within_and_across_shards_leave_the_last_key()
    {
        var keys = new[] { 0, 0, 1, 2, 2, 0, 3 }.Select((shard, i) => _store.KeyOf(shard, $"k{i}-")).ToList();
        _store.Put(keys[0], "x");
        for (var i = 1; i < keys.Count; i++)
        {
            if (_store.ShardOf(keys[i - 1]) == _store.ShardOf(keys[i])) _store.Rename(keys[i - 1], keys[i]);
            else Move(keys[i - 1], keys[i], "x");
        }

        AssertComplete();
        Assert.Equal(Expect((keys[^1], "x")), _store.Contents());
    }

    [Fact]
    public void Events_keep_their_numbers_and_bytes_in_the_journal_and_the_catalog_has_applied_them()
    {
        var key = _store.KeyOf(2);
        _store.Put(key, "1");
        _store.Append(key, "2");
        _store.Delete(key);
        AssertComplete();
        Assert.Equal(["1 index-created", "2 bucket-created"], _store.Journal("buckets"));
        Assert.Equal(["1 object-put", "2 object-appended", "3 object-deleted"], _store.Journal("index-shard-2"));
        Assert.Equal(["1 volume-created", "2 volume-sealed"], _store.Journal("volumes"));
        Assert.Equal(
            ["buckets 2", "index-shard-2 3"],
            RebuildFixture.Rows(_store.CatalogPath, "SELECT * FROM progress ORDER BY 1"));
        Assert.Equal(
            ["buckets 2", "index-shard-2 3"],
            RebuildFixture.Rows(_store.CatalogPath, "SELECT * FROM recorded ORDER BY 1"));
        Assert.Equal(["4"], RebuildFixture.Rows(_store.CatalogPath, "SELECT shards FROM index_layout"));
    }

    [Fact]
    public void An_upload_that_was_refused_or_never_finished_does_not_come_back()
    {
        _store.Put("key", "kept");
        _store.Upload("key", UploadOperation.Replace, BodyFormat.Raw, Chunks("refused: its condition did not hold"));
        _store.Upload("key", UploadOperation.Append, BodyFormat.Raw, Chunks("no index command came"));
        _store.Upload("never", UploadOperation.Create, BodyFormat.Raw, Chunks("no index command came"));
        _store.Put("another", "event behind them");
        Assert.Equal(0, AssertComplete().SalvagedCount);
        Assert.Equal(Expect(("key", "kept"), ("another", "event behind them")), _store.Contents());
    }

    [Fact]
    public void Buckets_keep_their_owners_and_their_keys_apart()
    {
        _store.Record(0, new BucketCreated(new BucketId(2), _store.Now, "bob"));
        _store.Put("key", "alice's");
        _store.Put("key", "bob's", bucket: 2);
        AssertComplete();
        Assert.Equal(Expect(("key", "alice's")), _store.Contents());
        Assert.Equal(Expect(("key", "bob's")), _store.Contents(bucket: 2));
        Assert.Equal(
            ["1 alice", "2 bob"],
            RebuildFixture.Rows(_store.CatalogPath, "SELECT id, owner FROM bucket ORDER BY 1"));
    }

    [Fact]
    public void Events_that_are_recorded_twice_and_out_of_order_count_once()
    {
        var key = _store.KeyOf(1);
        _store.LosesEvents = true;
        var needle = _store.Put(key, "1");
        _store.LosesEvents = false;
        _store.Append(key, "2");
        var put = new ObjectPut(
            new BucketId(1), ObjectKey.Create(key), _store.Now, _store.Now, new ObjectId(5),
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty,
            [new Segment(needle, 0, 1, StartsFile: true)]);
        for (var i = 0; i < 3; i++) _store.Write(2, 1, put);
        AssertComplete();
        Assert.Equal(Expect((key, "1|2")), _store.Contents());
    }

    [Fact]
    public void An_event_in_many_pieces_is_put_together()
    {
        var (from, to) = (_store.KeyOf(0), _store.KeyOf(1));
        var needle = _store.Put(from, "abc");
        var segments = Enumerable.Range(0, 400_000).Select(i => new Segment(needle, i % 3, i % 2, true)).ToArray();
        var rename = _store.StartMove(from, to);
        _store.Arrive(rename, from, to, new IndexProtocol.Content(
            new ObjectId(9), [.. segments],
            System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty));
        _store.EndMove(rename, from, to);
        var report = AssertComplete();
        Assert.Equal((1L, 200_000L), (report.Keys, report.LiveBytes));
        Assert.True(report.EventNeedles > 7);
    }

    [Fact]
    public void Rebuilding_twice_gives_the_same_catalog()
    {
        for (var i = 0; i < 50; i++)
        {
            _store.Put($"key {i % 20}", $"version {i}");
            if (i % 3 == 0) _store.Append($"key {i % 20}", "more");
            if (i % 7 == 0) _store.Delete($"key {i % 20}");
            if (i % 10 == 0) _store.Roll();
        }

        AssertComplete();
        var first = Dump();
        _store.Rebuild(force: true);
        Assert.Equal(first, Dump());
        Assert.Equal(2, _store.FilesLike("*.replaced-*").Length);
    }

    [Fact]
    public void What_a_crash_tore_was_never_promised_and_is_no_loss()
    {
        _store.Put("key", "x");
        _store.Tear("N2 and then nothing that makes sense"u8);
        var report = AssertComplete();
        Assert.True(report.TornBytes > 30);
        Assert.Equal(Expect(("key", "x")), _store.Contents());
    }

    [Fact]
    public void A_journal_that_is_there_is_not_touched_unless_it_is_asked_for_and_then_moved_aside()
    {
        File.WriteAllText(_store.JournalPath + "-wal", "somebody's");
        var refused = Assert.Throws<RebuildRefusedException>(() => _store.Rebuild());
        Assert.Contains("--force", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_store.JournalPath));
        Assert.Single(_store.Rebuild(force: true).MovedAside);
        Assert.Equal("somebody's", File.ReadAllText(Assert.Single(_store.FilesLike("journal.db.replaced-*"))));
        Assert.Empty(_store.FilesLike("*rebuilding*").Concat(_store.FilesLike("scratch*")));
    }

    [Theory]
    [InlineData(CrashPoint.RebuildWritten, false)]
    [InlineData(CrashPoint.RebuildSettled, false)]
    [InlineData(CrashPoint.RebuildMovedAside, false)]
    [InlineData(CrashPoint.RebuildJournalPublished, true)]
    [InlineData(CrashPoint.RebuildPublished, true)]
    public void A_crash_leaves_no_journal_or_the_whole_one_and_the_rebuild_can_be_run_again(
        CrashPoint at, bool hasJournal)
    {
        _store.Put("key", "x");
        CrashPoints.Observe(point =>
        {
            if (point == at) throw new OperationCanceledException("crash");
        });
        try
        {
            Assert.Throws<OperationCanceledException>(() => _store.Rebuild());
        }
        finally
        {
            CrashPoints.Observe(null);
        }

        Assert.Equal(hasJournal, File.Exists(_store.JournalPath));
        if (hasJournal) Assert.Equal(["1 object-put"], _store.Journal($"index-shard-{_store.ShardOf("key")}"));
        _store.Rebuild(force: hasJournal);
        Assert.Equal(Expect(("key", "x")), _store.Contents());
    }

    public void Dispose() => _store.Dispose();

    internal static SortedDictionary<string, string> Expect(params ReadOnlySpan<(string Key, string Text)> keys)
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, text) in keys) expected.Add(key, text);
        return expected;
    }

    internal static byte[][] Chunks(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    private void Move(string key, string newKey, string text)
    {
        var rename = _store.StartMove(key, newKey);
        _store.Arrive(
            rename, key, newKey, _store.Upload(newKey, UploadOperation.Replace, BodyFormat.Raw, Chunks(text)));
        _store.EndMove(rename, key, newKey);
    }

    private RebuildReport AssertComplete()
    {
        var report = _store.Rebuild();
        Assert.True(report.IsComplete, Text(report));
        return report;
    }

    private static string Text(RebuildReport report) => System.Text.Json.JsonSerializer.Serialize(report);

    private string Dump()
    {
        var tables = new[] { "progress", "object", "segment", "arrival", "bucket", "recorded" };
        return string.Join(
            '\n', tables.SelectMany(table => RebuildFixture.Rows(_store.CatalogPath, $"SELECT * FROM {table}")));
    }
}

public sealed class IndexRebuildOfWholeEventsSpec() : IndexRebuildSpec(tellsByNeedles: false);

public sealed class IndexRebuildOfNeedlePutsSpec() : IndexRebuildSpec(tellsByNeedles: true);
