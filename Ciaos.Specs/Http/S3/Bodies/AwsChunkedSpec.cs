using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Bodies;
using Xunit;

namespace Ciaos.Specs.Http.S3.Bodies;

public class AwsChunkedSpec
{
    private const string Crc32COfExample = "x-amz-checksum-crc32c:sOO8/Q==";

    private static readonly byte[] Example = Encoding.ASCII.GetBytes(new string('a', 66_560));

    [Fact]
    public async Task It_reads_the_documented_example_with_a_trailer()
    {
        var framed = BodyClient.SignedChunks(Example, 65_536, Crc32COfExample);
        var text = Encoding.ASCII.GetString(framed);
        // The signatures that the Amazon S3 API reference prints, "Including Trailing Headers".
        Assert.Contains("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2", text);
        Assert.Contains("1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7", text);
        Assert.Contains("2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992", text);
        Assert.Contains("d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435", text);
        var (bytes, digests) = await BodyClient.ReceiveAsync(Put(framed), BodyClient.SignedTrailer);
        Assert.Equal(Example, bytes);
        Assert.Equal((ChecksumAlgorithm.Crc32C, "sOO8/Q=="), (digests.Algorithm!.Value, digests.ChecksumText));
        Assert.True(digests.WasSent);
    }

    [Fact]
    public async Task It_reads_the_documented_example_without_a_trailer()
    {
        const string seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
        var text = Encoding.ASCII.GetString(BodyClient.SignedChunks(Example, 65_536, seed: seed));
        Assert.Contains("10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648", text);
        Assert.Contains("400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497", text);
        Assert.Contains("0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9", text);
        Assert.Equal(66_824, text.Length);
        var framed = BodyClient.SignedChunks(Example, 65_536);
        var context = BodyClient.Put(framed, ("x-amz-decoded-content-length", "66560"));
        Assert.Equal(Example, (await BodyClient.ReceiveAsync(context, BodyClient.Signed)).Bytes);
    }

    [Fact]
    public void However_it_is_cut_into_pieces_the_bytes_are_the_same() => Fuzz.Run(150, random =>
    {
        var body = BodyClient.Bytes(random.Next(5_000), random.Next());
        var chunk = random.Next(1, 2_000);
        var trailer = "x-amz-checksum-crc32:" + Checksum(ChecksumAlgorithm.Crc32, body);
        var framed = random.Next(2) == 0
            ? (Bytes: BodyClient.SignedChunks(body, chunk, trailer), Payload: BodyClient.SignedTrailer)
            : (Bytes: BodyClient.UnsignedChunks(body, chunk, trailer), Payload: BodyClient.UnsignedTrailer);
        var context = BodyClient.Put(
            new BodyClient.Pieces(framed.Bytes, random), ("x-amz-decoded-content-length", $"{body.Length}"),
            ("x-amz-trailer", "x-amz-checksum-crc32"));
        using var opened = BodyClient.Open(context, framed.Payload);
        Assert.Equal(body, BodyClient.ReadAsync(opened, random).GetAwaiter().GetResult());
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(body)), opened.Digests.Md5Hex);
    });

    [Fact]
    public void Whatever_bit_is_flipped_or_part_is_moved_no_other_bytes_are_taken() => Fuzz.Run(600, random =>
    {
        var body = BodyClient.Bytes(random.Next(1, 300), random.Next());
        var trailer = "x-amz-checksum-crc32:" + Checksum(ChecksumAlgorithm.Crc32, body);
        var hasTrailer = random.Next(2) == 0;
        var framed = BodyClient.SignedChunks(body, random.Next(1, 100), hasTrailer ? trailer : null);
        var altered = random.Next(2) == 0 ? Flip(random, framed) : Fuzz.Mutate(random, framed, framed);
        var context = BodyClient.Put(
            new BodyClient.Pieces(altered, random), ("x-amz-decoded-content-length", $"{body.Length}"));
        if (hasTrailer) context.Request.Headers["x-amz-trailer"] = "x-amz-checksum-crc32";
        using var opened = BodyClient.Open(context, hasTrailer ? BodyClient.SignedTrailer : BodyClient.Signed);
        try
        {
            // Only what carries no meaning can be changed, such as the empty line at the end.
            Assert.Equal(body, BodyClient.ReadAsync(opened, random).GetAwaiter().GetResult());
        }
        catch (S3Exception)
        {
            Assert.Throws<InvalidOperationException>(() => opened.Digests);
            Assert.Throws<S3Exception>(() => opened.TryRead(out _));
        }
    });

    [Fact]
    public async Task A_chunk_that_is_there_as_a_whole_is_verified_before_any_of_it_is_given_on()
    {
        var framed = BodyClient.SignedChunks(Example[..1_000], 1_000);
        framed[500] ^= 1;
        using var body = BodyClient.Open(
            BodyClient.Put(framed, ("x-amz-decoded-content-length", "1000")), BodyClient.Signed);
        var refused = await Assert.ThrowsAsync<S3Exception>(() => body.ReadAsync().AsTask());
        Assert.Equal(S3Error.SignatureDoesNotMatch, refused.Error);
    }

    [Fact]
    public async Task A_chunk_without_signature_is_refused_however_long_it_is()
    {
        var text = Encoding.ASCII.GetString(BodyClient.SignedChunks(Example, 66_560));
        var at = text.IndexOf("chunk-signature=", StringComparison.Ordinal) + "chunk-signature=".Length;
        foreach (var unsigned in new[] { text.Remove(at, 64), text.Remove(at - 17, 81) })
        {
            var context = BodyClient.Put(
                new BodyClient.Pieces(Encoding.ASCII.GetBytes(unsigned), new Random(1)),
                ("x-amz-decoded-content-length", "66560"));
            Assert.Equal(S3Error.SignatureDoesNotMatch, await BodyClient.RefusedAsync(context, BodyClient.Signed));
        }
    }

    [Fact]
    public async Task A_chunk_cannot_come_twice_or_out_of_turn()
    {
        var framed = BodyClient.SignedChunks(BodyClient.Bytes(200), 100);
        var chunk = (framed.Length - 86) / 2;
        var (first, second, end) = (framed[..chunk], framed[chunk..(2 * chunk)], framed[(2 * chunk)..]);
        byte[][] wrong = [[.. first, .. first, .. end], [.. second, .. first, .. end], [.. second, .. end]];
        foreach (var bytes in wrong)
        {
            var length = bytes.Length > 300 ? "200" : "100";
            var context = BodyClient.Put(bytes, ("x-amz-decoded-content-length", length));
            Assert.Equal(S3Error.SignatureDoesNotMatch, await BodyClient.RefusedAsync(context, BodyClient.Signed));
        }
    }

    [Theory]
    [InlineData(199)]
    [InlineData(201)]
    public async Task The_length_must_be_the_one_that_was_announced(int announced)
    {
        var framed = BodyClient.SignedChunks(BodyClient.Bytes(200), 100);
        var context = BodyClient.Put(framed, ("x-amz-decoded-content-length", $"{announced}"));
        Assert.Equal(S3Error.IncompleteBody, await BodyClient.RefusedAsync(context, BodyClient.Signed));
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_refused_wherever_it_does()
    {
        var framed = BodyClient.SignedChunks(BodyClient.Bytes(200), 100);
        for (var length = 0; length < framed.Length - 2; length++)
        {
            var context = BodyClient.Put(framed[..length], ("x-amz-decoded-content-length", "200"));
            Assert.Equal(S3Error.IncompleteBody, await BodyClient.RefusedAsync(context, BodyClient.Signed));
        }
    }

    [Fact]
    public async Task A_trailer_must_be_signed_where_the_chunks_are()
    {
        var text = Encoding.ASCII.GetString(BodyClient.SignedChunks(Example, 65_536, Crc32COfExample));
        var unsigned = text[..text.IndexOf("x-amz-trailer-signature", StringComparison.Ordinal)] + "\r\n";
        Assert.Equal(
            S3Error.SignatureDoesNotMatch,
            await BodyClient.RefusedAsync(Put(Encoding.ASCII.GetBytes(unsigned)), BodyClient.SignedTrailer));
    }

    [Fact]
    public async Task The_signature_of_a_trailer_must_be_right()
    {
        var text = Encoding.ASCII.GetString(BodyClient.SignedChunks(Example, 65_536, Crc32COfExample));
        var at = text.IndexOf("x-amz-trailer-signature:", StringComparison.Ordinal) + "x-amz-trailer-signature:".Length;
        var altered = text[..at] + new string('0', 64) + text[(at + 64)..];
        Assert.Equal(
            S3Error.SignatureDoesNotMatch,
            await BodyClient.RefusedAsync(Put(Encoding.ASCII.GetBytes(altered)), BodyClient.SignedTrailer));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x-amz-checksum-crc32:AAAAAA==")]
    [InlineData("x-amz-checksum-crc32c:sOO8/Q==\r\nx-amz-checksum-crc32c:sOO8/Q==")]
    [InlineData("no colon")]
    public async Task A_trailer_must_be_the_one_that_was_announced(string trailer) => Assert.Equal(
        S3Error.MalformedTrailer,
        await BodyClient.RefusedAsync(
            Put(BodyClient.UnsignedChunks(Example, 65_536, trailer)), BodyClient.UnsignedTrailer));

    [Theory]
    [InlineData("x-amz-checksum-crc32c:AAAAAA==", "BadDigest")]
    [InlineData("x-amz-checksum-crc32c:AAAA", "InvalidRequest")]
    public async Task A_trailer_must_be_right(string trailer, string code) => Assert.Equal(
        code,
        (await BodyClient.RefusedAsync(
            Put(BodyClient.UnsignedChunks(Example, 65_536, trailer)), BodyClient.UnsignedTrailer)).Code);

    [Theory]
    [InlineData("x-amz-checksum-crc32c:sOO8/Q==\n\r\n\r\n")]
    [InlineData("\r\nx-amz-checksum-crc32c:sOO8/Q==\r\n")]
    [InlineData("X-Amz-Checksum-Crc32c: sOO8/Q== ")]
    public async Task Lines_of_a_trailer_may_end_as_different_clients_end_them(string trailer) => Assert.Equal(
        Example,
        (await BodyClient.ReceiveAsync(
            Put(BodyClient.UnsignedChunks(Example, 65_536, trailer)), BodyClient.UnsignedTrailer)).Bytes);

    [Fact]
    public async Task A_stream_of_unknown_length_needs_none_where_nothing_is_signed()
    {
        var framed = BodyClient.UnsignedChunks(Example, 1_000, Crc32COfExample);
        var context = BodyClient.Put(
            framed, ("Transfer-Encoding", "chunked"), ("x-amz-trailer", "x-amz-checksum-crc32c"));
        Assert.Equal(Example, (await BodyClient.ReceiveAsync(context, BodyClient.UnsignedTrailer)).Bytes);
        Assert.Equal(S3Error.MissingContentLength, await BodyClient.RefusedAsync(context, BodyClient.SignedTrailer));
    }

    [Theory]
    [InlineData("-1\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n")]
    [InlineData("140000001\r\n")]
    [InlineData("x\r\n")]
    [InlineData("\r\n")]
    [InlineData("3\r\nabcd\r\n")]
    public async Task A_size_that_is_none_is_refused(string head)
    {
        var context = BodyClient.Put(Encoding.ASCII.GetBytes(head + "0\r\n\r\n"));
        Assert.Equal(S3Error.IncompleteBody, await BodyClient.RefusedAsync(context, BodyClient.UnsignedTrailer));
    }

    [Fact]
    public async Task A_line_without_end_is_refused_before_it_fills_the_memory()
    {
        var context = BodyClient.Put(new BodyClient.Pieces(new byte[100_000], new Random(1)));
        Assert.Equal(S3Error.IncompleteBody, await BodyClient.RefusedAsync(context, BodyClient.UnsignedTrailer));
    }

    private static Microsoft.AspNetCore.Http.DefaultHttpContext Put(byte[] framed) => BodyClient.Put(
        framed, ("x-amz-decoded-content-length", "66560"), ("x-amz-trailer", "x-amz-checksum-crc32c"));

    private static byte[] Flip(Random random, byte[] bytes)
    {
        var flipped = bytes.ToArray();
        flipped[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static string Checksum(ChecksumAlgorithm algorithm, byte[] body)
    {
        using var checksum = RunningChecksum.Begin(algorithm);
        checksum.Append(body);
        return Convert.ToBase64String(checksum.Finish());
    }
}
