using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index.Catalog;

/// <summary>Listings with prefixes, delimiters and markers, compared with what a sorted list of the same keys
/// gives.</summary>
public class DelimitedListingSpec
{
    private static readonly BucketId Bucket = new(1);
    private static readonly string[] Prefixes = ["", "a", "a/", "a/b", "ä", "b//", "\uFFFF"];
    private static readonly string[] Delimiters = ["", "/", "b/", "ä"];

    public static TheoryData<string> Backends => CatalogFixture.Backends;

    [Theory, MemberData(nameof(Backends))]
    public void Keys_and_common_prefixes_come_as_from_a_sorted_list_in_pages_of_any_size(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        var keys = Fill(catalog, deletesSome: true);
        foreach (var (prefix, delimiter) in Cases())
        {
            foreach (var after in keys.Append("").Append("a/").Append("a").Append("b/").Where((_, i) => i % 4 == 0))
            {
                var due = Entries(keys.Where(key => Compare(key, after) > 0), prefix, delimiter)
                    .Where(entry => entry != after).ToList();
                foreach (var limit in new[] { 1, 2, 5, 100 })
                {
                    var page = catalog.Listing.ListKeys(Bucket, new KeyQuery(prefix, delimiter, after, limit));
                    Assert.Equal(due.Take(limit), page.Entries.Select(Text));
                    Assert.Equal(due.Count > limit, page.HasMore);
                    Assert.Equal(due.Take(limit).LastOrDefault(""), page.Last);
                }
            }
        }
    }

    [Theory, MemberData(nameof(Backends))]
    public void Versions_of_all_pages_together_are_all_versions(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        var keys = Fill(catalog, deletesSome: false);
        foreach (var (prefix, delimiter) in Cases())
        {
            var whole = Versions(catalog, prefix, delimiter, 1000);
            Assert.Equal(
                Entries(keys, prefix, delimiter), whole.Select(entry => entry.Text).Distinct(StringComparer.Ordinal));
            foreach (var limit in new[] { 1, 2, 3, 7 })
                Assert.Equal(whole, Versions(catalog, prefix, delimiter, limit));
        }

        var all = Versions(catalog, "", "", 1000);
        Assert.Equal(keys.Sum(key => 1 + (key.Length % 3)), all.Count);
        foreach (var key in all.GroupBy(entry => entry.Text))
            Assert.Equal(key.OrderByDescending(entry => entry.Version), key);
    }

    [Theory, MemberData(nameof(Backends))]
    public void The_null_version_is_a_marker_too_also_when_it_is_gone(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        var key = ObjectKey.Create("k");
        catalog.Apply(
            3, CatalogFixture.Put("k"), Version("k", VersioningState.Enabled), Version("k", VersioningState.Enabled));
        var query = new VersionQuery("", "", "k", default(VersionId), 10);
        Assert.Empty(catalog.Listing.ListVersions(Bucket, query).Entries);
        catalog.Apply(3, Version("k", VersioningState.Suspended));
        Assert.Equal([3L, 2L], Sequences(catalog.Listing.ListVersions(Bucket, query)));
        catalog.Apply(3, new ObjectVersionDeleted(Bucket, key, CatalogFixture.Time(5), 4, default));
        Assert.Equal([3L, 2L], Sequences(catalog.Listing.ListVersions(Bucket, query)));

        // Versions that are older than one which is gone are found by its number.
        var third = new VersionQuery("", "", "k", new VersionId(3, new ObjectId(1000)), 10);
        catalog.Apply(3, new ObjectVersionDeleted(Bucket, key, CatalogFixture.Time(5), 3, third.VersionMarker!.Value));
        Assert.Equal([2L], Sequences(catalog.Listing.ListVersions(Bucket, third)));
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_limit_of_nothing_gives_nothing_and_no_more(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        Fill(catalog, deletesSome: false);
        var keys = catalog.Listing.ListKeys(Bucket, new KeyQuery("", "/", "", 0));
        var versions = catalog.Listing.ListVersions(Bucket, new VersionQuery("", "", "", null, 0));
        Assert.Equal((0, false, ""), (keys.Entries.Count, keys.HasMore, keys.Last));
        Assert.Equal((0, false), (versions.Entries.Count, versions.HasMore));
    }

    [Fact]
    public void A_common_prefix_is_passed_over_with_one_step_whatever_lies_under_it()
    {
        var keys = Enumerable.Range(0, 50).SelectMany(
            folder => Enumerable.Range(0, 1000).Select(i => $"{folder:D2}/{i:D4}")).ToList();
        var (reads, rows) = (0, 0);
        var scan = new DelimitedScan<string>(
            "", "/",
            (place, limit) =>
            {
                var from = Encoding.UTF8.GetString(place.Key);
                var first = keys.FindIndex(key => string.CompareOrdinal(key, from) >= (place.Behind ? 1 : 0));
                var found = first < 0 ? [] : keys.Skip(first).Take(limit).ToList();
                (reads, rows) = (reads + 1, rows + found.Count);
                return found;
            },
            Encoding.UTF8.GetBytes, key => new ScanPlace(Encoding.UTF8.GetBytes(key), Behind: true));
        var (entries, hasMore) = scan.Page("", null, 1000);
        Assert.Equal((50, false), (entries.Count, hasMore));
        Assert.True(reads <= 51 && rows <= 51 * 4, $"{reads} reads of {rows} rows");
    }

    private static IEnumerable<(string Prefix, string Delimiter)> Cases() =>
        from prefix in Prefixes from delimiter in Delimiters select (prefix, delimiter);

    private static string Text(ListEntry<ObjectRecord> entry) => entry.CommonPrefix ?? entry.Item!.Key.Value;

    private static IEnumerable<long> Sequences(VersionPage page) =>
        page.Entries.Select(entry => entry.Item!.VersionId.Sequence);

    // Some keys have older versions; of some the current version is a delete marker.
    private static List<string> Fill(CatalogFixture catalog, bool deletesSome)
    {
        var random = new Random(5);
        var letters = new[] { "a", "b", "/", "ä", "0" };
        var keys = Enumerable.Range(0, 150).Select(_ => string.Concat(
                Enumerable.Range(0, random.Next(1, 6)).Select(_ => letters[random.Next(letters.Length)])))
            .Distinct(StringComparer.Ordinal).ToList();
        var there = new List<string>();
        foreach (var key in keys)
        {
            var shard = new ShardLayout(CatalogFixture.Shards).ShardOf(Bucket, ObjectKey.Create(key));
            for (var i = 0; i <= key.Length % 3; i++) catalog.Apply(shard, Version(key, VersioningState.Enabled));
            if (deletesSome && random.Next(3) == 0)
                catalog.Apply(shard, new ObjectMarkerPut(
                    Bucket, ObjectKey.Create(key), CatalogFixture.Time(4), new ObjectId(4), VersioningState.Enabled));
            else there.Add(key);
        }

        there.Sort(Compare);
        return there;
    }

    private static ObjectVersionPut Version(string key, VersioningState versioning) => new(
        Bucket, ObjectKey.Create(key), CatalogFixture.Time(2), CatalogFixture.Time(1), new ObjectId(1000), versioning,
        ObjectMetadata.None, CatalogFixture.Segments(1, 10));

    private static List<(string Text, long Version)> Versions(
        CatalogFixture catalog, string prefix, string delimiter, int limit)
    {
        var all = new List<(string, long)>();
        for (var query = new VersionQuery(prefix, delimiter, "", null, limit); ;)
        {
            var page = catalog.Listing.ListVersions(Bucket, query);
            all.AddRange(page.Entries.Select(entry => (Text(entry), entry.Item?.VersionId.Sequence ?? 0)));
            if (!page.HasMore) return all;
            query = query with { KeyMarker = page.LastKey, VersionMarker = page.LastVersion };
        }
    }

    private static IEnumerable<string> Entries(IEnumerable<string> keys, string prefix, string delimiter) => keys
        .Where(key => key.StartsWith(prefix, StringComparison.Ordinal))
        .Select(key => delimiter.Length > 0
            && key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is >= 0 and var at
            ? key[..(at + delimiter.Length)]
            : key)
        .Distinct(StringComparer.Ordinal);

    private static int Compare(string left, string right) =>
        Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
