using Ciaos.Actors.Index.Catalog;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Index.Catalog;

public class SegmentPagesSpec
{
    private const int Shard = 5;

    public static TheoryData<string> Backends => CatalogFixture.Backends;

    [Theory, MemberData(nameof(Backends))]
    public void Pages_join_inline_segments_and_rows_of_any_length(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        var expected = Fill(catalog);
        var content = ContentView.Of(catalog.Find("a")!);
        var pages = new SegmentPages(catalog.Readers, Shard);
        foreach (var from in new[] { 0, 1, 4, 5, 6, 255, 256, 261, 700, 704, expected.Count - 1, expected.Count, 9999 })
        {
            var page = pages.Page(content, from);
            Assert.Equal(Math.Min(from, expected.Count), page.FirstOrdinal);
            Assert.Equal(expected.Take(from).Sum(segment => (long)segment.LengthBytes), page.FirstOffsetBytes);
            Assert.Equal(expected.Skip(from).Take(256), page.Segments.ToArray());
        }
    }

    [Theory, MemberData(nameof(Backends))]
    public void Seeking_finds_the_segment_that_holds_the_byte(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        var expected = Fill(catalog);
        var content = ContentView.Of(catalog.Find("a")!);
        var pages = new SegmentPages(catalog.Readers, Shard);
        var start = 0L;
        for (var i = 0; i < expected.Count; i++)
        {
            var length = expected[i].LengthBytes;
            foreach (var offset in length == 0 ? [] : new[] { start, start + length - 1 })
            {
                var page = pages.Seek(content, offset);
                Assert.Equal((i, start), (page.FirstOrdinal, page.FirstOffsetBytes));
                Assert.Equal(expected[i], page.Segments[0]);
            }

            start += length;
        }

        Assert.Empty(pages.Seek(content, start).Segments);
        Assert.Equal(start, pages.Seek(content, start + 1).FirstOffsetBytes);
    }

    [Theory, MemberData(nameof(Backends))]
    public void A_view_does_not_see_what_is_appended_later(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        catalog.Apply(Shard, CatalogFixture.Put("a"), CatalogFixture.Append("a", 2));
        var content = ContentView.Of(catalog.Find("a")!);
        catalog.Apply(Shard, CatalogFixture.Append("a", 7));
        var pages = new SegmentPages(catalog.Readers, Shard);
        Assert.Equal(3, pages.Page(content, 0).Segments.Length);
        Assert.Single(pages.Page(content, 2).Segments);
        Assert.Empty(pages.Seek(content, 30).Segments);
    }

    [Theory, MemberData(nameof(Backends))]
    public void All_segments_are_gathered_into_full_runs(string backend)
    {
        using var catalog = new CatalogFixture(backend);
        var expected = Fill(catalog);
        var runs = new SegmentPages(catalog.Readers, Shard).AllRuns(ContentView.Of(catalog.Find("a")!));
        Assert.Equal((expected.Count + 255) / 256, runs.Length);
        Assert.Equal(expected, runs.SelectMany(run => Actors.Index.SegmentCodec.Decode(run.Encoded.Span)));
    }

    // Inline ones, empty files, rows of one segment, rows of many.
    private static List<Segment> Fill(CatalogFixture catalog)
    {
        catalog.Apply(Shard, CatalogFixture.Put("a", 5));
        catalog.Apply(Shard, CatalogFixture.Put("b", 40));
        for (var i = 0; i < 20; i++)
            catalog.Apply(
                Shard, CatalogFixture.Append("a", lengthBytes: i % 4), CatalogFixture.Append("a", 30 * (i % 3), 1 + i));
        catalog.Apply(Shard, CatalogFixture.Append("a", 300));
        var expected = CatalogFixture.Segments(5, 10).ToList();
        for (var i = 0; i < 20; i++)
        {
            expected.AddRange(CatalogFixture.Segments(1, i % 4));
            expected.AddRange(CatalogFixture.Segments(30 * (i % 3), 1 + i));
        }

        expected.AddRange(CatalogFixture.Segments(300, 10));
        return expected;
    }
}
