using Ciaos.Actors.Check;
using Xunit;
using static Ciaos.Actors.Check.CheckProblemKind;

namespace Ciaos.Specs.Check;

/// <summary>The catalog must be what the journal makes of it, row by row.</summary>
public class CatalogCheckSpec(StoredFixture stored) : IClassFixture<StoredFixture>
{
    private const string Key = "key50";

    [Theory]
    [InlineData("DELETE FROM object WHERE key = CAST('key50' AS BLOB)", CatalogRowMissing, true)]
    [InlineData("UPDATE object SET size = size + 1 WHERE key = CAST('key50' AS BLOB)", CatalogRowDiffers, true)]
    [InlineData("UPDATE object SET size = 'many' WHERE key = CAST('key50' AS BLOB)", CatalogRowDiffers, true)]
    [InlineData("UPDATE object SET moving_sequence = 5, moving_to = x'61' WHERE key = CAST('key50' AS BLOB)",
        CatalogRowDiffers, true)]
    [InlineData("INSERT INTO object SELECT bucket, x'7a', shard, object_id, version, created, modified, size, files, "
        + "segments, content_sequence, metadata, inline_segments, NULL, NULL, 0, 0, 0, NULL, 0, 0 FROM object "
        + "WHERE key = CAST('key50' AS BLOB)", CatalogRowExtra, false)]
    [InlineData("DELETE FROM segment WHERE first_ordinal = (SELECT MAX(first_ordinal) FROM segment)",
        CatalogRowMissing, false)]
    [InlineData("UPDATE segment SET first_offset = first_offset + 1 WHERE first_ordinal = "
        + "(SELECT MAX(first_ordinal) FROM segment)", CatalogRowDiffers, false)]
    [InlineData("INSERT INTO arrival VALUES (3, 1000)", CatalogRowExtra, false)]
    [InlineData("INSERT INTO ended_content VALUES (3, 1000)", CatalogRowExtra, false)]
    [InlineData("UPDATE bucket SET owner = 'mallory'", CatalogRowDiffers, false)]
    [InlineData("UPDATE index_layout SET shards = 8", CatalogRowDiffers, false)]
    public void A_row_that_the_journal_does_not_make_so_is_named(string sql, CheckProblemKind kind, bool isOfKey)
    {
        using var store = stored.Copy();
        Assert.Equal(1, HarmedStore.Change(store.CatalogPath, sql));
        var report = store.Check();
        var problem = Assert.Single(report.Problems);
        Assert.Equal(kind, problem.Kind);
        if (isOfKey) Assert.Equal((1, Key), (problem.Bucket, problem.Key));
        Assert.Equal(CheckAdvice.RemakeCatalog, report.Advice);
        Assert.Equal((stored.Keys, stored.LiveBytes), (report.Keys, report.KeyBytes));
    }

    [Fact]
    public void A_content_that_is_said_to_have_ended_but_is_there_is_found()
    {
        using var store = stored.Copy();
        HarmedStore.Change(
            store.CatalogPath, "INSERT INTO ended_content SELECT DISTINCT shard, content_sequence FROM segment");
        Assert.Equal([CatalogRowMissing, CatalogRowExtra], store.Kinds());
    }

    [Fact]
    public void An_older_catalog_only_has_something_to_catch_up()
    {
        using var store = stored.Copy();
        File.Copy(stored.OldCatalog, store.CatalogPath, overwrite: true);
        var report = store.Check();
        Assert.True(report.IsClean);
        Assert.Contains(report.Notes, note => note.Contains("has not applied the last", StringComparison.Ordinal));
        Assert.Equal((stored.Keys, stored.LiveBytes), (report.Keys, report.KeyBytes));

        HarmedStore.Change(store.CatalogPath, "UPDATE object SET files = 7 WHERE key = CAST('key50' AS BLOB)");
        Assert.Equal([CatalogRowDiffers], store.Kinds());
    }

    [Fact]
    public void A_catalog_that_says_to_have_applied_more_than_there_is_is_ahead()
    {
        using var store = stored.Copy();
        HarmedStore.Change(
            store.CatalogPath, "UPDATE progress SET applied_sequence = 100000 WHERE persistence_id = 'index-shard-3'");
        var problem = Assert.Single(store.Check().Problems);
        Assert.Equal((CatalogAhead, "index-shard-3"), (problem.Kind, problem.Stream));
    }

    [Fact]
    public void A_catalog_that_is_not_there_is_no_problem()
    {
        using var store = stored.Copy();
        File.Delete(store.CatalogPath);
        var report = store.Check();
        Assert.True(report.IsClean);
        Assert.Equal(stored.Keys, report.Keys);
        Assert.Contains(report.Notes, note => note.Contains("made anew", StringComparison.Ordinal));
    }

    [Fact]
    public void A_catalog_that_is_no_database_is_found()
    {
        using var store = stored.Copy();
        File.WriteAllText(store.CatalogPath, new string('x', 10_000));
        Assert.Equal([CatalogUnreadable], store.Kinds());
    }

    [Fact]
    public void A_mark_of_an_arrival_that_waits_to_be_forgotten_is_no_problem()
    {
        using var store = stored.Copy();
        var started = store.Events().First(entry => entry.Row.Manifest == "rename-started").Row;
        var shard = started.PersistenceId["index-shard-".Length..];
        HarmedStore.Change(
            store.CatalogPath,
            $"INSERT INTO arrival VALUES ({shard}, {started.SequenceNr}) ON CONFLICT DO NOTHING");
        Assert.Empty(store.Kinds());
    }
}
