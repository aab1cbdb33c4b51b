using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

public class CompactHeaderSpec
{
    private static readonly Gen<long> Ids = Gen.OneOf(
        Gen.Constant(0L),
        Gen.Choose(1, 300).Select(id => (long)id),
        ArbMap.Default.GeneratorFor<long>().Select(id => id & long.MaxValue),
        Gen.Elements(long.MaxValue, long.MaxValue - 1, 1_700_000_000_000_001));

    private static readonly Gen<NeedleHeader> Headers =
        from id in Ids
        from upload in Gen.OneOf(Ids, Gen.Constant(id), Gen.Choose(-3, 3).Select(off => (id + off) & long.MaxValue))
        from bucket in Ids
        from kind in Gen.Choose(1, 15)
        from isLast in ArbMap.Default.GeneratorFor<bool>()
        from operation in Gen.Choose(0, 15)
        from format in Gen.Choose(0, 15)
        from data in Gen.Elements(0, 1, 127, 128, 4096, 65_536, NeedleFormat.MaxDataBytes)
        from key in Gen.Elements(0, 1, 127, 128, 1024)
        from metadata in Gen.Elements(0, 5, 128, NeedleFormat.MaxMetadataBytes)
        from batch in Gen.Elements(0u, 1u, 1_000_000u, uint.MaxValue)
        from ordinal in Gen.Elements(0, 1, 128, int.MaxValue)
        select new NeedleHeader(
            0, (NeedleKind)kind, isLast, (UploadOperation)operation, (BodyFormat)format, data, key, metadata, batch,
            new NeedleId(id), new BucketId(bucket), new ObjectId(upload), ordinal);

    [Fact]
    public void Whatever_is_written_is_read() => Prop.ForAll(
        Arb.From(Headers),
        header =>
        {
            var bytes = new byte[NeedleHeader.MaxBytes];
            CompactHeader.Write(header, bytes);
            Assert.True(CompactHeader.TryRead(bytes, out var read));
            Assert.Equal(header with { HeaderBytes = read.HeaderBytes }, read);
            Assert.Equal(read.HeaderBytes, SizeOf(header));
            Assert.InRange(read.HeaderBytes, NeedleHeader.MinBytes, NeedleHeader.MaxBytes);
            for (var cut = 0; cut < read.HeaderBytes; cut++)
                Assert.False(CompactHeader.TryRead(bytes.AsSpan(0, cut), out _));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Theory]
    [InlineData("data", 12, "FFFFFFFF7F")]
    [InlineData("a key of 1,025 bytes", 13, "8108")]
    [InlineData("metadata of 8,193 bytes", 14, "8140")]
    [InlineData("an id of eleven bytes", 15, "8080808080808080808001")]
    [InlineData("a chunk beyond 2,147,483,647", 18, "8080808008")]
    public void What_no_needle_can_have_is_no_header(string what, int at, string hex)
    {
        var bytes = new byte[NeedleHeader.MaxBytes];
        CompactHeader.Write(default(NeedleHeader) with { Kind = NeedleKind.Data }, bytes);
        Assert.True(CompactHeader.TryRead(bytes, out _));
        Convert.FromHexString(hex).CopyTo(bytes, at);
        Assert.False(CompactHeader.TryRead(bytes, out _), what);
    }

    private static int SizeOf(NeedleHeader header) => CompactHeader.SizeBytes(
        Needles.Data(header.Id.Value, "k", new byte[header.DataBytes]) with
        {
            Bucket = header.Bucket,
            Object = header.Object,
            ChunkOrdinal = header.ChunkOrdinal,
        },
        header.KeyBytes,
        header.MetadataBytes);
}
