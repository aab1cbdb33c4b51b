using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexEvents;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index.Catalog;

/// <summary>Delete markers lie behind all objects of their bucket: listings never read them. A key must not be in both
/// places, whatever it was before, and however many of its changes are applied at once.</summary>
public class MarkersApartSpec
{
    private static readonly BucketId Bucket = new(1);

    public static TheoryData<string> Backends => CatalogFixture.Backends;

    [Theory, MemberData(nameof(Backends))]
    public void A_key_is_in_one_place_whatever_it_becomes(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        IKeyEvent[] steps = [Marker(), CatalogFixture.Put("a"), CatalogFixture.Delete("a")];
        for (var round = 0; round < 64; round++)
        {
            // All ways to take the steps, one by one or many in a transaction. What is not there is not deleted.
            var exists = catalog.Find("a") is not null;
            var batch = new List<IKeyEvent>();
            for (var (left, at) = (round, 0); at < 3; at++, left /= 4)
            {
                if (left % 4 == 3 || (left % 4 == 2 && !exists)) continue;
                batch.Add(steps[left % 4]);
                exists = left % 4 != 2;
            }

            if (batch.Count == 0) continue;
            catalog.Apply(3, [.. batch]);
            var found = catalog.Find("a");
            var versions = catalog.Listing.ListVersions(Bucket, new VersionQuery("", "", "", null, 10)).Entries;
            var keys = catalog.Listing.ListKeys(Bucket, new KeyQuery("", "", "", 10)).Entries;
            Assert.Equal(found is null ? 0 : 1, versions.Count);
            Assert.Equal(found is { Record.IsDeleteMarker: false } ? 1 : 0, keys.Count);
            Assert.Equal(batch[^1] is ObjectMarkerPut, found?.Record.IsDeleteMarker ?? false);
        }
    }

    // With the null id it takes the place of what is there, and no older version is left.
    private static ObjectMarkerPut Marker() => new(
        Bucket, ObjectKey.Create("a"), CatalogFixture.Time(4), new ObjectId(5), VersioningState.Suspended);
}
