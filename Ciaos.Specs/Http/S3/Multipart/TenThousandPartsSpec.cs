using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Ciaos.Actors.Index;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Multipart;
using Ciaos.Specs.Http.S3.Objects;
using Xunit;

namespace Ciaos.Specs.Http.S3.Multipart;

/// <summary>As many parts as S3 promises, with the longest metadata that parts can leave behind.</summary>
public sealed class TenThousandPartsSpec
{
    private const int Parts = PartList.MaxParts;
    private const int OnPage = 1_000;

    private static readonly string Whole = string.Concat(Enumerable.Range(1, Parts).Select(Body));

    [Fact]
    public async Task They_become_one_object_in_their_order()
    {
        await using var bench = await ObjectBench.StartAsync();
        var upload = await UploadAsync(bench);

        var made = await bench.SendAsync("POST", upload, await CompletionAsync(bench, upload));

        Assert.Equal((200, ""), made.Outcome);
        Assert.EndsWith($"-{Parts}\"", Assert.Single(made.All("ETag")), StringComparison.Ordinal);
        Assert.Equal(Whole, (await bench.SendAsync("GET", "/box/many")).Text);
        await AssertBordersAsync(bench);
        var last = await bench.SendAsync("GET", $"/box/many?partNumber={Parts}");
        Assert.Equal((Body(Parts), $"{Parts}"), (last.Text, last.Headers["x-amz-mp-parts-count"].ToString()));
        Assert.Equal("NoSuchUpload", (await bench.SendAsync("GET", upload)).Code);
        await AssertOutlastsAsync(bench);
    }

    private static XName Name(string local) => XName.Get(local, S3Xml.Namespace);

    private static string Body(int number) => string.Create(CultureInfo.InvariantCulture, $"{number},");

    /// <summary>Puts the parts, a thousand at once and out of order.</summary>
    /// <returns>What requests about the upload are sent to.</returns>
    private static async Task<string> UploadAsync(ObjectBench bench)
    {
        var begun = await bench.SendAsync("POST", "/box/many?uploads", "", ("x-amz-checksum-algorithm", "SHA256"));
        var upload = $"/box/many?uploadId={Assert.Single(begun.All("UploadId"))}";
        var numbers = Enumerable.Range(0, Parts).Select(place => (place * 7919 % Parts) + 1);
        foreach (var some in numbers.Chunk(OnPage))
        {
            var answers = await Task.WhenAll(
                some.Select(number => bench.SendAsync("PUT", $"{upload}&partNumber={number}", Body(number))));
            Assert.All(answers, answer => Assert.Equal((200, ""), answer.Outcome));
        }

        return upload;
    }

    /// <summary>The document that completes the upload, out of the lists of its parts.</summary>
    private static async Task<string> CompletionAsync(ObjectBench bench, string upload)
    {
        var document = new StringBuilder("<CompleteMultipartUpload>");
        for (var after = 0; after < Parts; after += OnPage)
        {
            var page = await bench.SendAsync("GET", $"{upload}&part-number-marker={after}");
            Assert.Equal(
                Enumerable.Range(after + 1, OnPage),
                page.All("PartNumber").Select(number => int.Parse(number, CultureInfo.InvariantCulture)));
            Assert.Equal([after + OnPage < Parts ? "true" : "false"], page.All("IsTruncated"));
            foreach (var part in XDocument.Parse(page.Text).Root!.Elements(Name("Part")))
            {
                part.Elements(Name("LastModified")).Remove();
                part.Elements(Name("Size")).Remove();
                document.Append(part.ToString(SaveOptions.DisableFormatting));
            }
        }

        return document.Append("</CompleteMultipartUpload>").ToString();
    }

    /// <summary>Reads over the borders of parts, and over those of the pages that their segments come in.</summary>
    private static async Task AssertBordersAsync(ObjectBench bench)
    {
        foreach (var (from, to) in new[] { (1, 3), (255, 258), (4_999, 5_001), (2_500, 7_500), (9_999, Parts) })
        {
            // From the middle of one part to the middle of another.
            var first = Whole.IndexOf($",{from},", StringComparison.Ordinal) is var comma and >= 0 ? comma + 2 : 0;
            var last = Whole.IndexOf($",{to},", StringComparison.Ordinal) + 1;
            var read = await bench.SendAsync("GET", "/box/many", "", ("Range", $"bytes={first}-{last}"));
            Assert.Equal(Whole[first..(last + 1)], read.Text);
        }
    }

    /// <summary>Volumes have the event, long as it is, and the catalog comes out of the journal again.</summary>
    private static async Task AssertOutlastsAsync(ObjectBench bench)
    {
        var before = Assert.IsType<IndexProtocol.Found>(await bench.Index.Lookup("many"));
        Assert.True(PartList.TryParse(before.Object.Metadata[ObjectMetadata.Parts], out var parts));
        Assert.Equal((Parts, Parts), (parts.Count, parts.Checksums.Length));
        var segments = await bench.Index.ReadAll(before);
        await bench.Index.StopAsync();
        var recorded = bench.Index.Runs.SelectMany(run => run.Events)
            .Single(found => found.Manifest == IndexEventCodec.UploadCompletedManifest);
        var completed = (IndexEvents.UploadCompleted)IndexEventCodec.Decode(recorded.Manifest, recorded.Payload);
        Assert.Equal(Parts, completed.Content.SegmentCount);
        Assert.Equal(before.Object.Metadata, completed.Metadata);

        bench.Index.DeleteFiles("catalog.db*");
        await bench.Index.StartAgainAsync();
        var again = Assert.IsType<IndexProtocol.Found>(await bench.Index.Lookup("many"));
        Assert.Equal(before.Object.Metadata, again.Object.Metadata);
        Assert.Equal(segments, await bench.Index.ReadAll(again));
    }
}
