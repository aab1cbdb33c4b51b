using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Bodies;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Ciaos.Specs.Http.S3.Bodies;

public class S3BodySpec
{
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    private static readonly byte[] Hello = "Hello, world"u8.ToArray();

    [Fact]
    public void However_it_is_read_each_byte_is_hashed_once() => Fuzz.Run(150, random =>
    {
        var bytes = BodyClient.Bytes(random.Next(20_000), random.Next());
        var algorithm = ChecksumAlgorithms.All[random.Next(ChecksumAlgorithms.All.Length)];
        var hasDefault = random.Next(2) == 0;
        using var body = BodyClient.Open(
            BodyClient.Put(
                new BodyClient.Pieces(bytes, random),
                ("Content-MD5", Convert.ToBase64String(MD5.HashData(bytes)))),
            Convert.ToHexStringLower(SHA256.HashData(bytes)),
            new S3BodyOptions(1 << 30, WithMd5: true, Checksum: algorithm) { WithDefaultChecksum = hasDefault });
        Assert.Equal(bytes, BodyClient.ReadAsync(body, random).GetAwaiter().GetResult());
        Assert.Equal(ChecksumOf(algorithm, bytes), body.Digests.Checksum);
        Assert.Equal(hasDefault ? ChecksumOf(ChecksumAlgorithms.Default, bytes) : null, body.Digests.Default);
        Assert.Equal(MD5.HashData(bytes), body.Digests.Md5);
        Assert.Equal(bytes.Length, body.Digests.LengthBytes);
        Assert.False(body.Digests.WasSent);
    });

    [Fact]
    public async Task The_end_is_not_reported_for_a_body_that_is_not_the_one_that_was_signed()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Hello));
        Assert.Equal(Hello, (await BodyClient.ReceiveAsync(BodyClient.Put(Hello), hash)).Bytes);
        using var body = BodyClient.Open(BodyClient.Put("Hello, World"u8.ToArray()), hash);
        var refused = await Assert.ThrowsAsync<S3Exception>(() => BodyClient.ReadAsync(body, new Random(1)));
        Assert.Equal(S3Error.XAmzContentSha256Mismatch, refused.Error);
        await Assert.ThrowsAsync<S3Exception>(() => body.ReadAsync().AsTask());
        Assert.Throws<InvalidOperationException>(() => body.Digests);
    }

    [Fact]
    public async Task The_signed_hash_is_checked_though_the_same_algorithm_is_the_checksum()
    {
        var (right, wrong) = (SHA256.HashData(Hello), SHA256.HashData("other"u8));
        var header = ("x-amz-checksum-sha256", Convert.ToBase64String(right));
        var (_, digests) = await BodyClient.ReceiveAsync(
            BodyClient.Put(Hello, header), Convert.ToHexStringLower(right));
        Assert.Equal(right, digests.Checksum);
        Assert.Equal(
            S3Error.XAmzContentSha256Mismatch,
            await BodyClient.RefusedAsync(BodyClient.Put(Hello, header), Convert.ToHexStringLower(wrong)));
    }

    [Theory]
    [InlineData("Content-MD5", "rL0Y20xC+Fzt72VPzMSk2A==", "BadDigest")]
    [InlineData("Content-MD5", "YWJyYWNhZGFicmE=", "InvalidDigest")]
    [InlineData("Content-MD5", "AWS HAHAHA", "InvalidDigest")]
    [InlineData("Content-MD5", "", "InvalidDigest")]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==", "BadDigest")]
    [InlineData("x-amz-checksum-crc32c", "AAAAAA==", "BadDigest")]
    [InlineData("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=", "BadDigest")]
    [InlineData("x-amz-checksum-sha1", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "BadDigest")]
    [InlineData("x-amz-checksum-sha256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "BadDigest")]
    [InlineData("x-amz-checksum-sha512", "bad", "BadDigest")]
    [InlineData("x-amz-checksum-md5", "AAAAAAAAAAAAAAAAAAAAAA==", "BadDigest")]
    [InlineData("x-amz-checksum-sha256", "bad", "BadDigest")]
    [InlineData("x-amz-checksum-crc32", "AAAAAAAAAAA=", "BadDigest")]
    [InlineData("x-amz-sdk-checksum-algorithm", "CRC32", "InvalidRequest")]
    [InlineData("x-amz-trailer", "x-amz-checksum-crc32", "InvalidRequest")]
    public async Task A_digest_that_is_wrong_or_malformed_is_refused(string header, string value, string code)
    {
        var context = BodyClient.Put(Hello);
        context.Request.Headers[header] = value;
        Assert.Equal(code, (await BodyClient.RefusedAsync(context, Unsigned)).Code);
    }

    [Fact]
    public async Task Right_digests_are_accepted()
    {
        foreach (var algorithm in ChecksumAlgorithms.All)
        {
            var value = Convert.ToBase64String(ChecksumOf(algorithm, Hello));
            var context = BodyClient.Put(
                Hello, (algorithm.HeaderName(), value), ("x-amz-checksum-type", "FULL_OBJECT"),
                ("x-amz-sdk-checksum-algorithm", algorithm.Name()));
            var (_, digests) = await BodyClient.ReceiveAsync(context, Unsigned);
            Assert.Equal((algorithm, value, true), (digests.Algorithm!.Value, digests.ChecksumText, digests.WasSent));
        }
    }

    [Fact]
    public async Task A_checksum_of_another_algorithm_than_was_said_is_refused()
    {
        var context = BodyClient.Put(
            Hello, ("x-amz-checksum-crc32", Convert.ToBase64String(ChecksumOf(ChecksumAlgorithm.Crc32, Hello))),
            ("x-amz-sdk-checksum-algorithm", "SHA1"));
        Assert.Equal(S3Error.InvalidRequest, await BodyClient.RefusedAsync(context, Unsigned));
    }

    [Fact]
    public async Task Two_checksums_are_refused()
    {
        var context = BodyClient.Put(
            Hello, ("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-checksum-crc32c", "AAAAAA=="));
        Assert.Equal(S3Error.InvalidRequest, await BodyClient.RefusedAsync(context, Unsigned));
        context = BodyClient.Put(
            [], ("x-amz-checksum-crc32", "AAAAAA=="), ("x-amz-trailer", "x-amz-checksum-crc32c"),
            ("x-amz-decoded-content-length", "0"));
        Assert.Equal(S3Error.InvalidRequest, await BodyClient.RefusedAsync(context, BodyClient.UnsignedTrailer));
    }

    [Fact]
    public async Task A_checksum_is_computed_where_the_handler_wants_it()
    {
        var options = new S3BodyOptions(100, Checksum: ChecksumAlgorithm.Crc64Nvme);
        var (_, digests) = await BodyClient.ReceiveAsync(BodyClient.Put("123456789"u8.ToArray()), Unsigned, options);
        Assert.Equal("rosUhgp5mIg=", digests.ChecksumText);
        Assert.False(digests.WasSent);
        Assert.Null(digests.Md5);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_refused_at_once_where_its_length_is_known()
    {
        var options = new S3BodyOptions(Hello.Length - 1);
        var announced = BodyClient.Put(Hello);
        announced.Request.ContentLength = Hello.Length;
        Assert.Equal(
            S3Error.EntityTooLarge,
            Assert.Throws<S3Exception>(() => BodyClient.Open(announced, Unsigned, options)).Error);
        Assert.Equal(S3Error.EntityTooLarge, await BodyClient.RefusedAsync(BodyClient.Put(Hello), Unsigned, options));
    }

    [Fact]
    public async Task A_body_that_is_shorter_than_announced_is_incomplete()
    {
        var context = BodyClient.Put(Hello);
        context.Request.ContentLength = Hello.Length + 1;
        Assert.Equal(S3Error.IncompleteBody, await BodyClient.RefusedAsync(context, Unsigned));
    }

    [Fact]
    public async Task A_length_can_be_demanded()
    {
        var options = new S3BodyOptions(100, MustHaveLength: true);
        Assert.Equal(
            S3Error.MissingContentLength, await BodyClient.RefusedAsync(BodyClient.Put(Hello), Unsigned, options));
        var chunked = BodyClient.Put(Hello, ("Transfer-Encoding", "chunked"));
        Assert.Equal(Hello, (await BodyClient.ReceiveAsync(chunked, Unsigned, options)).Bytes);
    }

    [Theory]
    [InlineData(StatusCodes.Status400BadRequest, "IncompleteBody")]
    [InlineData(StatusCodes.Status408RequestTimeout, "RequestTimeout")]
    public async Task What_the_server_says_of_a_broken_body_becomes_an_error_of_s3(int status, string code)
    {
        var pipe = new Pipe();
        pipe.Writer.Complete(new BadHttpRequestException("broken", status));
        using var body = BodyClient.Open(BodyClient.Put(pipe.Reader.AsStream()), Unsigned);
        var refused = await Assert.ThrowsAsync<S3Exception>(() => body.ReadAsync().AsTask());
        Assert.Equal(code, refused.Error.Code);
    }

    [Fact]
    public async Task A_pending_read_can_be_cancelled_and_the_body_read_on()
    {
        foreach (var payload in new[] { Unsigned, BodyClient.UnsignedTrailer })
        {
            var pipe = new Pipe();
            var framed = payload == Unsigned ? Hello : BodyClient.UnsignedChunks(Hello, 100, "");
            using var body = BodyClient.Open(BodyClient.Put(pipe.Reader.AsStream()), payload);
            await pipe.Writer.WriteAsync(framed.AsMemory(0, 6));
            var first = await body.ReadAsync();
            body.AdvanceTo(first.Buffer.Start, first.Buffer.End);
            var pending = body.ReadAsync();
            Assert.False(pending.IsCompleted);
            body.CancelPendingRead();
            var cancelled = await pending;
            Assert.True(cancelled.IsCanceled);
            body.AdvanceTo(cancelled.Buffer.Start);
            await pipe.Writer.WriteAsync(framed.AsMemory(6));
            await pipe.Writer.CompleteAsync();
            Assert.Equal(Hello, await BodyClient.ReadAsync(body, new Random(2)));
        }
    }

    [Fact]
    public async Task Plain_bytes_are_given_on_where_they_lie()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Hello);
        var context = BodyClient.Put(Hello);
        context.Features.Set<Microsoft.AspNetCore.Http.Features.IRequestBodyPipeFeature>(new PipeBody(pipe.Reader));
        using var body = BodyClient.Open(context, Unsigned);
        var read = await body.ReadAsync();
        body.AdvanceTo(read.Buffer.Start);
        var same = await pipe.Reader.ReadAsync();
        Assert.True(same.Buffer.First.Equals(read.Buffer.First));
    }

    [Fact]
    public async Task A_document_is_read_as_a_whole_and_checked()
    {
        var limit = new S3BodyOptions(Hello.Length);
        using (var body = BodyClient.Open(BodyClient.Put(new BodyClient.Pieces(Hello, new Random(1))), Unsigned, limit))
            Assert.Equal(Hello, await S3Bodies.ReadAllAsync(body, CancellationToken.None));
        using var tooLong = BodyClient.Open(BodyClient.Put([.. Hello, 1]), Unsigned, limit);
        var refused = await Assert.ThrowsAsync<S3Exception>(
            () => S3Bodies.ReadAllAsync(tooLong, CancellationToken.None));
        Assert.Equal(S3Error.EntityTooLarge, refused.Error);
    }

    private sealed class PipeBody(PipeReader reader) : Microsoft.AspNetCore.Http.Features.IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }

    private static byte[] ChecksumOf(ChecksumAlgorithm algorithm, byte[] bytes)
    {
        using var checksum = RunningChecksum.Begin(algorithm);
        checksum.Append(bytes);
        return checksum.Finish();
    }
}
