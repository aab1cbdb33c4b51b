using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Rebuild;
using Ciaos.Specs.Index.Catalog;
using Xunit;

namespace Ciaos.Specs.Rebuild;

/// <summary>The journal and the catalog in PostgreSQL, where the environment names a server for tests.</summary>
public class PostgresRebuildSpec
{
    public static TheoryData<string> Backends => CatalogFixture.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void The_index_is_rebuilt_where_it_is_kept_and_what_is_there_is_moved_aside(string backend)
    {
        using var store = new RebuildFixture();
        using var catalog = new CatalogFixture(backend);
        var journal = store.JournalBeside(catalog);
        store.Put("key", "one");
        store.Put("other", "two");
        catalog.Apply(store.ShardOf("mine"), CatalogFixture.Put("mine"));
        catalog.Store.Dispose();
        Assert.Throws<RebuildRefusedException>(() => store.Rebuild(journal, catalog.Settings, force: false));
        Assert.NotNull(catalog.Find("mine"));

        for (var i = 0; i < 2; i++)
        {
            var report = store.Rebuild(journal, catalog.Settings, force: true);
            Assert.True(report.IsComplete);
            Assert.NotEmpty(report.MovedAside);
            using var readers = new CatalogReaders(CatalogDatabase.From(catalog.Settings), 1);
            Assert.Equal((2L, 6L), readers.Read(reader => reader.Totals()));
            using var database = new JournalDatabase(journal);
            var events = new JournalReader(database).Events($"index-shard-{store.ShardOf("key")}", 1, 100, 100);
            Assert.Contains(events, found => found.Manifest == "object-put");
            Assert.Equal(2, new JournalReader(database).HighestSequenceNr("buckets"));
            store.Put($"another {i}", "");
            store.Delete($"another {i}");
        }
    }
}
