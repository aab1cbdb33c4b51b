using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

public class NeedleMetadataSpec
{
    [Fact]
    public void Whatever_is_written_is_read_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<Dictionary<NonEmptyString, string>>(), given =>
        {
            var entries = given
                .Where(entry => IsText(entry.Key.Get) && entry.Key.Get.Length < 60 && IsText(entry.Value ?? ""))
                .GroupBy(entry => entry.Key.Get, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.First().Value ?? "", StringComparer.Ordinal);
            var bytes = new byte[NeedleMetadata.SizeBytes(entries)];
            Assert.Equal(bytes.Length, NeedleMetadata.Write(entries, bytes));
            Assert.True(NeedleMetadata.TryRead(bytes, out var read));
            Assert.Equal(entries, read);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Unknown_tags_are_skipped()
    {
        byte[] bytes = [99, 0, 3, 0, 1, 2, 3, 1, 0, 3, 0, 1, (byte)'a', (byte)'b', 0xFF, 0xFF, 0, 0];
        Assert.True(NeedleMetadata.TryRead(bytes, out var read));
        Assert.Equal(new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "b" }, read);
    }

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 1, 0, 5, 0, 1 })]
    [InlineData(new byte[] { 1, 0, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 1, 0, 9 })]
    public void Fields_that_reach_behind_their_end_are_refused(byte[] bytes) =>
        Assert.False(NeedleMetadata.TryRead(bytes, out _));

    [Fact]
    public void Random_bytes_never_throw() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            NeedleMetadata.TryRead(bytes, out var read);
            return read.Count <= bytes.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_needle_with_too_much_metadata_or_data_is_objected_to()
    {
        Assert.Null(NeedleFormat.Objection(Needles.Data(1, "k", [1], ("a", new string('x', 8_000)))));
        Assert.Equal(
            "The metadata has 8198 bytes, 8192 are allowed",
            NeedleFormat.Objection(Needles.Data(1, "k", [1], ("a", new string('x', 8_192)))));
        Assert.Equal(
            "The metadata name '' does not have 1 to 255 bytes",
            NeedleFormat.Objection(Needles.Data(1, "k", [1], ("", "x"))));
        Assert.NotNull(NeedleFormat.Objection(Needles.Data(1, "k", [1], (new string('ä', 128), "x"))));
        Assert.Equal(
            "The chunk has 67108865 bytes, 67108864 are allowed",
            NeedleFormat.Objection(Needles.Data(1, "k", new byte[(64 << 20) + 1])));
    }

    // Half of a surrogate pair is no text: UTF-8 cannot hold it.
    private static bool IsText(string text) => !text.Any(char.IsSurrogate);
}
