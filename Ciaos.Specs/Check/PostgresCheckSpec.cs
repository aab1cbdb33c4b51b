using Ciaos.Actors.Check;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Specs.Index.Catalog;
using Ciaos.Specs.Rebuild;
using Ciaos.Storage.Disks;
using Xunit;
using static Ciaos.Actors.Check.CheckProblemKind;

namespace Ciaos.Specs.Check;

/// <summary>The journal and the catalog in PostgreSQL, where the environment names a server for tests.</summary>
public class PostgresCheckSpec
{
    public static TheoryData<string> Backends => CatalogFixture.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Journal_and_catalog_are_checked_where_they_are_kept(string backend)
    {
        using var store = new RebuildFixture();
        using var catalog = new CatalogFixture(backend);
        var journal = store.JournalBeside(catalog);
        store.Put("key", "one");
        store.Put("other", "two");
        catalog.Store.Dispose();
        Assert.True(store.Rebuild(journal, catalog.Settings, force: true).IsComplete);

        var report = Check(store, journal, catalog.Settings);
        Assert.Empty(report.Problems);
        Assert.Equal((2, 6), (report.Keys, report.KeyBytes));

        Change(catalog.Settings, "UPDATE object SET size = size + 1 WHERE files = 1");
        Assert.Equal(2, Check(store, journal, catalog.Settings).Counts[CatalogRowDiffers]);
        Change(catalog.Settings, "DELETE FROM object");
        report = Check(store, journal, catalog.Settings);
        Assert.Equal((2, CheckAdvice.RemakeCatalog), (report.Counts[CatalogRowMissing], report.Advice));
    }

    private static void Change(CatalogSettings catalog, string sql)
    {
        using var connection = CatalogDatabase.From(catalog).OpenWriter();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static CheckReport Check(RebuildFixture store, JournalSettings journal, CatalogSettings catalog)
    {
        var index = IndexSettings.From(IndexSettings.DefaultConfig()) with
        {
            Shards = RebuildFixture.Shards,
            Catalog = catalog,
        };
        return StoreCheck.Run(
            PhysicalDisk.WithoutLock(Path.GetDirectoryName(store.JournalPath)!),
            new CheckSettings(index, journal, $"{store.JournalPath}.notes", IsQuick: false), TimeProvider.System,
            _ => { });
    }
}
