using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Multipart;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Http.S3.Multipart;

public sealed class CompletionSpec
{
    private const long Enough = Completion.MinPartBytes;

    private static readonly MultipartChecksum Sha256 = new(ChecksumAlgorithm.Sha256, IsOfWhole: false);

    [Fact]
    public void The_tag_is_the_md5_of_md5s_and_their_number()
    {
        var (requested, stored) = Parts(("one", Enough), ("two", 1));

        var completion = Completion.Of(requested, stored, null);

        var tags = MD5.HashData("one"u8).Concat(MD5.HashData("two"u8)).ToArray();
        Assert.Equal($"{Convert.ToHexStringLower(MD5.HashData(tags))}-2", completion.ETag);
        Assert.Equal([new PartRef(1, 101), new PartRef(2, 102)], completion.Parts.AsEnumerable());
        Assert.Equal(Enough + 1, completion.SizeBytes);
    }

    [Fact]
    public void Parts_may_be_left_out()
    {
        var (requested, stored) = Parts(("one", Enough), ("two", 1), ("three", 3));

        var completion = Completion.Of([requested[0], requested[2]], stored, null);

        Assert.Equal([1, 3], completion.Parts.Select(part => part.Number));
        Assert.Equal("5242880,3", completion.List.Format());
    }

    [Fact]
    public void A_part_that_is_not_there_is_invalid()
    {
        var (requested, stored) = Parts(("one", 1));

        AssertRefused(S3Error.InvalidPart, [requested[0] with { Number = 9999 }], stored, null);
    }

    [Fact]
    public void A_part_of_another_tag_is_invalid()
    {
        var (requested, stored) = Parts(("one", 1));

        AssertRefused(S3Error.InvalidPart, [requested[0] with { ETag = new string('f', 32) }], stored, null);
        _ = Completion.Of([requested[0] with { ETag = requested[0].ETag.ToUpperInvariant() }], stored, null);
    }

    [Fact]
    public void All_parts_but_the_last_have_5_MiB()
    {
        var (requested, stored) = Parts(("one", Enough - 1), ("two", 1));

        AssertRefused(S3Error.EntityTooSmall, requested, stored, null);
        _ = Completion.Of([requested[0]], stored, null);
    }

    [Fact]
    public void A_checksum_of_another_value_or_algorithm_is_an_invalid_part()
    {
        var (requested, stored) = Parts(("one", 1));
        var wrong = Convert.ToBase64String(SHA256.HashData("two"u8));

        AssertRefused(S3Error.InvalidPart, [Sent(requested[0], ChecksumAlgorithm.Sha256, wrong)], stored, Sha256);
        AssertRefused(S3Error.InvalidPart, [Sent(requested[0], ChecksumAlgorithm.Sha256, "bad")], stored, Sha256);
        AssertRefused(S3Error.InvalidPart, [Sent(requested[0], ChecksumAlgorithm.Sha1, wrong)], stored, null);
        AssertRefused(S3Error.InvalidPart, [Sent(requested[0], null, wrong)], stored, null);
    }

    [Fact]
    public void A_composite_takes_the_checksum_of_every_part()
    {
        var (requested, stored) = Parts(("one", Enough), ("two", 1));
        var sent = requested.Select((part, index) => Sent(
            part, ChecksumAlgorithm.Sha256, Hash(index == 0 ? "one" : "two"))).ToImmutableArray();

        var hashes = SHA256.HashData("one"u8).Concat(SHA256.HashData("two"u8)).ToArray();
        foreach (var told in new[] { sent, [sent[0], requested[1]], requested })
        {
            var completion = Completion.Of(told, stored, Sha256);
            Assert.Equal($"{Convert.ToBase64String(SHA256.HashData(hashes))}-2", completion.Checksum);
            Assert.Equal($"5242880,1;sha256:{Hash("one")},{Hash("two")}", completion.List.Format());
        }
    }

    [Fact]
    public void Parts_that_have_the_same_cyclic_checksum_give_the_object_one()
    {
        var (requested, stored) = Parts(("one", 3), ("two", 3));
        var all = stored.ToDictionary(
            entry => entry.Key,
            entry => entry.Value with
            {
                Metadata = entry.Value.Metadata.Add("checksum-crc32", entry.Key == 1 ? "emwebQ==" : "vm2/3w=="),
            });

        var completion = Completion.Of([requested[0]], all, null);

        Assert.Equal(new MultipartChecksum(ChecksumAlgorithm.Crc32, IsOfWhole: true), completion.Kind);
        Assert.Equal("emwebQ==", completion.Checksum);
    }

    [Fact]
    public void Parts_of_an_upload_without_a_checksum_give_the_object_the_default_one()
    {
        var (requested, stored) = Parts(("1234", Enough), ("56789", 5));
        var all = stored.ToDictionary(
            entry => entry.Key,
            entry => entry.Value with
            {
                SizeBytes = entry.Key == 1 ? 4 : 5,
                Metadata = entry.Value.Metadata.Add("part-crc64nvme", Crc64(entry.Key == 1 ? "1234" : "56789")),
            });

        var completion = Completion.Of(requested, all, null, minPartBytes: 0);

        Assert.Equal(new MultipartChecksum(ChecksumAlgorithm.Crc64Nvme, IsOfWhole: true), completion.Kind);
        Assert.Equal("rosUhgp5mIg=", completion.Checksum);
        Assert.Equal("4,5", completion.List.Format());
        var headers = new HeaderDictionary { ["x-amz-checksum-sha256"] = Hash("what its parts came with") };
        ExpectedObject.Read(headers).Check(completion, isDeclared: false);
        headers = new HeaderDictionary { ["x-amz-checksum-xxhash64"] = "AAAAAAAAAAA=" };
        Assert.Throws<S3Exception>(() => ExpectedObject.Read(headers).Check(completion, isDeclared: false));
    }

    [Fact]
    public void Checksums_of_the_parts_are_kept_with_that_of_the_whole()
    {
        var (requested, stored) = Parts(("1234", 4));
        stored[1] = stored[1] with { Metadata = stored[1].Metadata.Add("checksum-crc64nvme", Crc64("1234")) };

        var completion = Completion.Of(
            requested, stored, new MultipartChecksum(ChecksumAlgorithm.Crc64Nvme, IsOfWhole: true));

        Assert.Equal($"4;crc64nvme:{Crc64("1234")}", completion.List.Format());
    }

    [Fact]
    public void The_object_has_the_metadata_of_the_upload_and_what_the_parts_tell()
    {
        var (requested, stored) = Parts(("one", 1));
        var upload = Upload(Sha256, ("content-type", "text/plain"));
        var sent = Sent(requested[0], ChecksumAlgorithm.Sha256, Hash("one"));

        var metadata = Completion.Of([sent], stored, Sha256).ToMetadata(upload);

        Assert.Equal("text/plain", metadata["content-type"]);
        Assert.Equal(upload.Id.ToString(), metadata["upload-id"]);
        Assert.EndsWith("-1", metadata["etag"], StringComparison.Ordinal);
        Assert.EndsWith("-1", metadata["checksum-sha256"], StringComparison.Ordinal);
        Assert.Equal("COMPOSITE", metadata["checksum-type"]);
        Assert.Equal($"1;sha256:{Hash("one")}", metadata["parts"]);
        Assert.DoesNotContain("checksum-algorithm", metadata.Keys);
    }

    [Fact]
    public void Without_a_checksum_the_object_has_no_type_of_one()
    {
        var (requested, stored) = Parts(("one", 1));

        var metadata = Completion.Of(requested, stored, null).ToMetadata(Upload(null));

        Assert.DoesNotContain(metadata.Keys, key => key.StartsWith("checksum", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x-amz-checksum-sha256", "{}-1")]
    [InlineData("x-amz-checksum-sha256", "{}")]
    [InlineData("x-amz-checksum-type", "COMPOSITE")]
    [InlineData("x-amz-mp-object-size", "1")]
    public void What_the_headers_say_of_the_object_must_hold(string header, string value) => Expect(header, value);

    [Theory]
    [InlineData("x-amz-checksum-sha256", "{}-2", "BadDigest")]
    [InlineData("x-amz-checksum-sha256", "arcu6553sHVAiX4MjW0j7I7vD4w6R+Gz9Ok0Q9lTa+0=", "BadDigest")]
    [InlineData("x-amz-checksum-sha256", "bad", "BadDigest")]
    [InlineData("x-amz-checksum-sha256", "{}-x", "BadDigest")]
    [InlineData("x-amz-checksum-crc32", "emwebQ==", "InvalidRequest")]
    [InlineData("x-amz-checksum-type", "FULL_OBJECT", "BadDigest")]
    [InlineData("x-amz-checksum-type", "HALF", "InvalidRequest")]
    [InlineData("x-amz-mp-object-size", "2", "InvalidRequest")]
    [InlineData("x-amz-mp-object-size", "many", "InvalidRequest")]
    public void Or_the_completion_is_refused(string header, string value, string code) =>
        Assert.Equal(code, Assert.Throws<S3Exception>(() => Expect(header, value)).Error.Code);

    private static void Expect(string header, string value)
    {
        var (requested, stored) = Parts(("one", 1));
        var completion = Completion.Of(
            [Sent(requested[0], ChecksumAlgorithm.Sha256, Hash("one"))], stored, Sha256);
        var checksum = Convert.ToBase64String(SHA256.HashData(SHA256.HashData("one"u8)));
        var headers = new HeaderDictionary { [header] = value.Replace("{}", checksum, StringComparison.Ordinal) };
        ExpectedObject.Read(headers).Check(completion, isDeclared: true);
    }

    private static void AssertRefused(
        S3Error error, ImmutableArray<RequestedPart> requested, IReadOnlyDictionary<int, PartRecord> stored,
        MultipartChecksum? kind) =>
        Assert.Same(error, Assert.Throws<S3Exception>(() => Completion.Of(requested, stored, kind)).Error);

    private static string Crc64(string text)
    {
        using var checksum = RunningChecksum.Begin(ChecksumAlgorithm.Crc64Nvme);
        checksum.Append(Encoding.UTF8.GetBytes(text));
        return Convert.ToBase64String(checksum.Finish());
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static RequestedPart Sent(RequestedPart part, ChecksumAlgorithm? algorithm, string value) =>
        part with { Checksums = [(algorithm, value)] };

    private static (ImmutableArray<RequestedPart> Requested, Dictionary<int, PartRecord> Stored) Parts(
        params (string Text, long SizeBytes)[] parts)
    {
        var stored = parts.Select((part, index) => new PartRecord(
            index + 1, 101 + index, part.SizeBytes, DateTimeOffset.UnixEpoch,
            ObjectMetadata.None
                .Add("etag", Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(part.Text))))
                .Add("checksum-sha256", Hash(part.Text)))).ToDictionary(part => part.Number);
        return ([.. stored.Values.Select(part => new RequestedPart(part.Number, part.Metadata["etag"], []))], stored);
    }

    private static UploadRecord Upload(MultipartChecksum? kind, params (string Name, string Value)[] entries)
    {
        var metadata = ObjectMetadata.None.ToBuilder();
        foreach (var (name, value) in entries) metadata[name] = value;
        kind?.WriteTo(metadata);
        return new UploadRecord(
            new BucketId(1), ObjectKey.Create("key"), new UploadId(5, new ObjectId(7)), DateTimeOffset.UnixEpoch, "me",
            metadata.ToImmutable());
    }
}
