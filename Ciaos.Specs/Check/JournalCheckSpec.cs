using Ciaos.Actors.Check;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Check.CheckProblemKind;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Check;

/// <summary>What happens to the journal is found, most of it because volumes hold the same events.</summary>
public class JournalCheckSpec(StoredFixture stored) : IClassFixture<StoredFixture>
{
    private const string Key = "key50";

    [Fact]
    public void A_flipped_bit_that_leaves_an_event_readable_is_found_by_what_volumes_hold()
    {
        using var store = stored.Copy();
        var row = store.PutOf(Key);
        var message = row.Message.ToArray();
        message[^1] ^= 2;
        Set(store, row.Ordering, message);
        var report = store.Check();
        var problem = Assert.Single(report.Problems);
        Assert.Equal((EventDiffers, row.PersistenceId, row.SequenceNr), (problem.Kind, problem.Stream, problem.Number));
        Assert.Contains("journal is damaged", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(CheckAdvice.RebuildIndex, report.Advice);
    }

    [Fact]
    public void A_flipped_bit_that_makes_an_event_unreadable_is_found()
    {
        using var store = stored.Copy();
        var row = store.PutOf(Key);
        var message = row.Message.ToArray();
        message[0] ^= 0x40;
        Set(store, row.Ordering, message);
        var problem = Assert.Single(store.Check().Problems);
        Assert.Equal(
            (EventUnreadable, row.PersistenceId, row.SequenceNr), (problem.Kind, problem.Stream, problem.Number));
        Assert.Contains("volumes hold it whole", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_of_an_unknown_kind_is_found()
    {
        using var store = stored.Copy();
        var row = store.PutOf(Key);
        Change(store, "UPDATE journal SET manifest = 'object-bought' WHERE ordering = @o", ("@o", row.Ordering));
        Assert.Equal([EventUnreadable], store.Kinds());
    }

    [Fact]
    public void A_missing_row_is_found_also_where_it_was_the_last()
    {
        using var store = stored.Copy();
        var row = store.PutOf(Key);
        Change(store, "DELETE FROM journal WHERE ordering = @o", ("@o", row.Ordering));
        var report = store.Check();
        var problem = Assert.Single(report.Problems);
        Assert.Equal((EventMissing, row.PersistenceId, row.SequenceNr), (problem.Kind, problem.Stream, problem.Number));
        Assert.Contains("volumes hold it", problem.Detail, StringComparison.Ordinal);

        var last = store.Events().Select(entry => entry.Row)
            .Last(found => found.PersistenceId.StartsWith("index", StringComparison.Ordinal));
        Change(store, "DELETE FROM journal WHERE ordering = @o", ("@o", last.Ordering));
        report = store.Check();
        Assert.Equal([EventMissing, CatalogAhead], report.Counts.Keys);
        Assert.Contains(
            report.Problems,
            missing => missing.Stream == last.PersistenceId && missing.Number == last.SequenceNr);
    }

    [Fact]
    public void An_event_that_contradicts_those_before_it_is_found()
    {
        using var store = stored.Copy();
        var key = ObjectKey.Create("never-was");
        var shard = new ShardLayout(16).ShardOf(new BucketId(1), key);
        Append(store, shard, new ObjectDeleted(new BucketId(1), key, DateTimeOffset.UnixEpoch, new ObjectId(1)));
        var report = store.Check();
        var problem = Assert.Single(report.Problems);
        Assert.Equal(EventContradicts, problem.Kind);
        Assert.Contains("never-was", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(1, report.UnrecordedEvents);
    }

    [Fact]
    public void An_event_in_the_stream_of_another_shard_is_found()
    {
        using var store = stored.Copy();
        var key = ObjectKey.Create(Key);
        var other = (new ShardLayout(16).ShardOf(new BucketId(1), key) + 1) % 16;
        Append(store, other, new ObjectDeleted(new BucketId(1), key, DateTimeOffset.UnixEpoch, new ObjectId(1)));
        Assert.Equal([EventMisplaced], store.Kinds());
    }

    [Fact]
    public void An_event_of_a_bucket_that_was_never_given_out_is_found()
    {
        using var store = stored.Copy();
        var (bucket, key) = (new BucketId(7), ObjectKey.Create(Key));
        var put = (ObjectPut)store.Events().Select(entry => entry.Decode(out _)).First(found => found is ObjectPut)!;
        Append(store, new ShardLayout(16).ShardOf(bucket, key), put with { Bucket = bucket, Key = key });
        var kinds = store.Kinds();
        Assert.Contains(EventContradicts, kinds);
        Assert.Contains(SegmentMisplaced, kinds);
    }

    [Fact]
    public void Events_that_volumes_do_not_hold_yet_are_no_problem_but_those_said_to_be_there_are()
    {
        using var store = stored.Copy();
        var (bucket, key) = (new BucketId(1), ObjectKey.Create("new"));
        var put = (ObjectPut)store.Events().Select(entry => entry.Decode(out _)).First(found => found is ObjectPut)!;
        var shard = new ShardLayout(16).ShardOf(bucket, key);
        Append(store, shard, put with { Bucket = bucket, Key = key });
        var report = store.Check();
        Assert.True(report.IsClean);
        Assert.Equal((1, stored.Keys + 1), (report.UnrecordedEvents, report.Keys));
        Assert.Contains(report.Notes, note => note.Contains("next start", StringComparison.Ordinal));

        HarmedStore.Change(
            store.CatalogPath, "UPDATE recorded SET recorded_sequence = 1000000 WHERE persistence_id = @id",
            ("@id", $"index-shard-{shard}"));
        Assert.Equal([EventUnrecorded], store.Kinds());
    }

    [Fact]
    public void A_damaged_page_of_the_journals_file_is_found()
    {
        using var store = stored.Copy();
        using (var file = new FileStream(store.JournalPath, FileMode.Open))
        {
            file.Position = 4096 * 4;
            file.Write(new byte[4096]);
        }

        var report = store.Check();
        Assert.Contains(report.Counts.Keys, kind => kind is JournalDamaged or JournalUnreadable);
        Assert.Equal(CheckAdvice.RebuildIndex, report.Advice);
    }

    private static void Set(HarmedStore store, long ordering, byte[] message) =>
        Change(store, "UPDATE journal SET message = @m WHERE ordering = @o", ("@m", message), ("@o", ordering));

    private static void Append(HarmedStore store, int shard, IKeyEvent message)
    {
        var stream = $"index-shard-{shard}";
        var last = store.Events().Where(entry => entry.Row.PersistenceId == stream).Max(entry => entry.Row.SequenceNr);
        Change(
            store,
            "INSERT INTO journal "
            + "(created, persistence_id, sequence_number, message, manifest, identifier, writer_uuid) "
            + "VALUES (0, @id, @n, @m, @manifest, 9710, '')",
            ("@id", stream), ("@n", last + 1), ("@m", IndexEventCodec.Encode(message)),
            ("@manifest", IndexEventCodec.ManifestOf(message)));
    }

    private static void Change(HarmedStore store, string sql, params (string Name, object Value)[] parameters) =>
        Assert.Equal(1, HarmedStore.Change(store.JournalPath, sql, parameters));
}
