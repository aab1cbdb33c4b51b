using Ciaos.Http.S3;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Multipart;
using Ciaos.Http.S3.Objects;
using Xunit;

namespace Ciaos.Specs.Http.S3.Multipart;

public sealed class MultipartChecksumSpec
{
    [Theory]
    [InlineData("CRC32", null, false)]
    [InlineData("crc32c", null, false)]
    [InlineData("SHA1", null, false)]
    [InlineData("SHA256", "COMPOSITE", false)]
    [InlineData("SHA512", null, false)]
    [InlineData("MD5", null, false)]
    [InlineData("CRC64NVME", null, true)]
    [InlineData("CRC64NVME", "FULL_OBJECT", true)]
    [InlineData("CRC32", "FULL_OBJECT", true)]
    [InlineData("CRC32C", "COMPOSITE", false)]
    public void An_algorithm_has_its_usual_type_or_another_that_it_can_have(
        string algorithm, string? type, bool isOfWhole)
    {
        var kind = Read(algorithm, type);

        Assert.Equal(isOfWhole, kind?.IsOfWhole);
        Assert.Equal(algorithm, kind?.Algorithm.Name(), ignoreCase: true);
    }

    [Theory]
    [InlineData("SHA1", "FULL_OBJECT")]
    [InlineData("SHA256", "FULL_OBJECT")]
    [InlineData("SHA512", "FULL_OBJECT")]
    [InlineData("MD5", "FULL_OBJECT")]
    [InlineData("CRC64NVME", "COMPOSITE")]
    [InlineData("CRC32", "HALF")]
    [InlineData("MD6", null)]
    [InlineData(null, "COMPOSITE")]
    public void Others_are_refused(string? algorithm, string? type) =>
        Assert.Same(S3Error.InvalidRequest, Assert.Throws<S3Exception>(() => Read(algorithm, type)).Error);

    [Fact]
    public void None_is_asked_for() => Assert.Null(Read(null, null));

    [Fact]
    public void An_upload_keeps_it()
    {
        var metadata = Ciaos.Actors.Index.ObjectMetadata.None.ToBuilder();
        var kind = new MultipartChecksum(ChecksumAlgorithm.Crc32C, IsOfWhole: true);
        kind.WriteTo(metadata);

        Assert.Equal(kind, MultipartChecksum.Of(metadata.ToImmutable()));
        Assert.Null(MultipartChecksum.Of(Ciaos.Actors.Index.ObjectMetadata.None));
    }

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    public void The_checksum_of_the_whole_is_that_of_its_bytes(string name)
    {
        var algorithm = ChecksumAlgorithms.Parse(name)!.Value;
        byte[][] parts = [[.. "an object "u8], [], [.. "in "u8], [.. "parts"u8]];
        var kind = new MultipartChecksum(algorithm, IsOfWhole: true);

        var composed = kind.Compose([.. parts.Select(part => (Compute(algorithm, part), (long)part.Length))]);

        Assert.Equal(
            Convert.ToBase64String(Compute(algorithm, [.. "an object in parts"u8])), composed);
    }

    // The values are those of a public conformance test: 1,024 times the letter A.
    [Fact]
    public void A_composite_is_the_checksum_of_checksums()
    {
        var part = Compute(ChecksumAlgorithm.Sha256, [.. Enumerable.Repeat((byte)'A', 1024)]);
        Assert.Equal("arcu6553sHVAiX4MjW0j7I7vD4w6R+Gz9Ok0Q9lTa+0=", Convert.ToBase64String(part));

        var composed = new MultipartChecksum(ChecksumAlgorithm.Sha256, IsOfWhole: false).Compose([(part, 1024)]);

        Assert.Equal("Ok6Cs5b96ux6+MWQkJO7UBT5sKPBeXBLwvj/hK89smg=-1", composed);
    }

    private static MultipartChecksum? Read(string? algorithm, string? type) => MultipartChecksum.Read(
        ObjectFields.Of(new Dictionary<string, string?>
        {
            ["x-amz-checksum-algorithm"] = algorithm,
            ["x-amz-checksum-type"] = type,
        }.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Key, field.Value!))));

    private static byte[] Compute(ChecksumAlgorithm algorithm, byte[] data)
    {
        using var running = RunningChecksum.Begin(algorithm);
        running.Append(data);
        return running.Finish();
    }
}
