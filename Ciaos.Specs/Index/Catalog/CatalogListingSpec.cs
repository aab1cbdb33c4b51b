using System.Collections.Immutable;
using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Specs.Index.Catalog;

public class CatalogListingSpec
{
    private static readonly string[] Keys =
        ["a", "a/", "a/1", "a/10", "a/2", "a0", "b", "z", "ä", "ключ", "\uFFFD", "𝄞", "\0", "\u007F"];

    public static TheoryData<string> Backends => CatalogFixture.Backends;

    [Theory, MemberData(nameof(Backends))]
    public void Keys_come_in_the_order_of_their_bytes_whatever_shard_they_are_in(string backend)
    {
        using var catalog = Filled(backend);
        Assert.Equal(Ordered(Keys).ToList(), Listed(catalog, "", "", 100));
    }

    [Theory, MemberData(nameof(Backends))]
    public void Every_prefix_and_start_gives_what_a_sorted_set_gives(string backend)
    {
        using var catalog = Filled(backend);
        foreach (var prefix in Keys.Append("").Append("a/1x").Append("\uFFFF"))
        {
            foreach (var after in Keys.Append("").Append("a/15"))
            {
                var expected = Ordered(Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)))
                    .Where(key => Compare(key, after) > 0).ToList();
                Assert.Equal(expected, Listed(catalog, prefix, after, 100));
                var page = catalog.Listing.List(new BucketId(1), prefix, after, 2);
                Assert.Equal(expected.Take(2).ToList(), KeysOf(page));
                Assert.Equal(expected.Count > 2, page.HasMore);
            }
        }
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_bucket_does_not_show_the_keys_of_another(string backend)
    {
        using var catalog = Filled(backend);
        catalog.Apply(1, CatalogFixture.Put("only-here", bucket: 2));
        Assert.Equal(["only-here"], KeysOf(catalog.Listing.List(new BucketId(2), "", "", 10)));
        Assert.Empty(catalog.Listing.List(new BucketId(3), "", "", 10).Objects);
    }

    [Theory, MemberData(nameof(Backends))]
    public void While_an_object_moves_to_another_shard_one_of_its_keys_is_listed(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Apply(1, CatalogFixture.Put("old"), CatalogStoreSpec.Start("old", "new"));
        Assert.Equal(["old"], Listed(catalog, "", "", 10));
        catalog.Apply(2, Arrived("new"));
        Assert.Equal(["new"], Listed(catalog, "", "", 10));
        catalog.Apply(2, CatalogFixture.Delete("new"));
        Assert.Empty(Listed(catalog, "", "", 10));
        catalog.Apply(1, new ObjectRenamedTo(
            new BucketId(1), ObjectKey.Create("old"), CatalogFixture.Time(5), 2, ObjectKey.Create("new")));
        catalog.Store.ForgetArrival(new RenameId(1, 2));
        Assert.Empty(Listed(catalog, "", "", 10));
        Assert.False(catalog.Readers.Read(reader => reader.HasArrived(new RenameId(1, 2))));
    }

    [Theory, MemberData(nameof(Backends))]
    public void An_object_whose_rename_was_refused_stays_listed(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Apply(2, CatalogFixture.Put("new"));
        catalog.Apply(1, CatalogFixture.Put("old"), CatalogStoreSpec.Start("old", "new"));
        Assert.Equal(["new", "old"], Listed(catalog, "", "", 10));
    }

    private static ObjectRenamedFrom Arrived(string key)
    {
        var put = CatalogFixture.Put("old");
        return new ObjectRenamedFrom(
            new BucketId(1), ObjectKey.Create(key), CatalogFixture.Time(4), new RenameId(1, 2),
            new MovedObject(
                put.Key, put.Id, put.Created, put.At, 10, 1, 1, put.Metadata,
                SegmentRun.Cut(0, 0, put.Segments.AsSpan())));
    }

    private static CatalogFixture Filled(string backend)
    {
        var catalog = new CatalogFixture(backend);
        foreach (var key in Keys) catalog.Apply(key.Length % 3, CatalogFixture.Put(key));
        return catalog;
    }

    private static List<string> Listed(CatalogFixture catalog, string prefix, string after, int limit) =>
        KeysOf(catalog.Listing.List(new BucketId(1), prefix, after, limit));

    private static List<string> KeysOf(ObjectPage page) => [.. page.Objects.Select(found => found.Key.Value)];

    private static IEnumerable<string> Ordered(IEnumerable<string> keys) =>
        keys.Order(Comparer<string>.Create(Compare));

    private static int Compare(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
