using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Bodies;
using Ciaos.Specs.Http.S3.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Ciaos.Specs.Http.S3.Bodies;

/// <summary>Sends bodies in every framing that clients use, and reads them as a handler does.</summary>
internal static class BodyClient
{
    public const string Seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
    public const string SignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
    public const string Signed = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
    public const string UnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    private const string Scope = "20130524/us-east-1/s3/aws4_request";

    /// <summary>The body as chunks of at most that many bytes, signed from <see cref="Seed"/> on.</summary>
    /// <param name="trailer">A line, or null for none.</param>
    public static byte[] SignedChunks(byte[] body, int chunkBytes, string? trailer = null, string seed = Seed)
    {
        var framed = new MemoryStream();
        var signature = seed;
        foreach (var chunk in body.Chunk(chunkBytes).Append([]))
        {
            signature = Sign(
                $"AWS4-HMAC-SHA256-PAYLOAD\n{TestClient.Timestamp}\n{Scope}\n{signature}\n{TestClient.EmptyHash}\n"
                + TestClient.Hex(SHA256.HashData(chunk)));
            framed.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x};chunk-signature={signature}\r\n"));
            framed.Write(chunk);
            if (chunk.Length > 0) framed.Write("\r\n"u8);
        }

        if (trailer is not null)
        {
            signature = Sign(
                $"AWS4-HMAC-SHA256-TRAILER\n{TestClient.Timestamp}\n{Scope}\n{signature}\n"
                + TestClient.Hex(SHA256.HashData(Encoding.ASCII.GetBytes(trailer + "\n"))));
            framed.Write(Encoding.ASCII.GetBytes($"{trailer}\r\nx-amz-trailer-signature:{signature}\r\n"));
        }

        framed.Write("\r\n"u8);
        return framed.ToArray();
    }

    public static byte[] UnsignedChunks(byte[] body, int chunkBytes, string trailer)
    {
        var framed = new MemoryStream();
        foreach (var chunk in body.Chunk(chunkBytes))
        {
            framed.Write(Encoding.ASCII.GetBytes($"{chunk.Length:X}\r\n"));
            framed.Write(chunk);
            framed.Write("\r\n"u8);
        }

        framed.Write(Encoding.ASCII.GetBytes($"0\r\n{trailer}\r\n\r\n"));
        return framed.ToArray();
    }

    public static DefaultHttpContext Put(byte[] body, params (string Name, string Value)[] headers) =>
        Put(new MemoryStream(body), headers);

    public static DefaultHttpContext Put(Stream body, params (string Name, string Value)[] headers)
    {
        var context = TestClient.Request("PUT", "/bucket/key", headers);
        context.Features.Set<IRequestBodyPipeFeature>(new Source(PipeReader.Create(body)));
        return context;
    }

    /// <summary>As the given value of x-amz-content-sha256 has it.</summary>
    public static S3Body Open(DefaultHttpContext context, string payload, S3BodyOptions? options = null)
    {
        var scope = new CredentialScope(TestClient.KeyId, TestClient.Day, "us-east-1", "s3");
        var caller = new S3Caller(
            new TestClient().Credential, S3Payload.Parse(payload),
            new ChunkSignatures(TestClient.Key(), TestClient.Timestamp, scope, Seed));
        return S3Bodies.Open(context, caller, options ?? new S3BodyOptions(1 << 30, WithMd5: true));
    }

    /// <summary>What a handler gets that takes some of what it is given, and looks at some more.</summary>
    public static async Task<byte[]> ReadAsync(S3Body body, Random random)
    {
        var read = new MemoryStream();
        while (true)
        {
            var result = await body.ReadAsync();
            var buffer = result.Buffer;
            var takes = result.IsCompleted || random.Next(3) > 0 ? buffer.Length : random.NextInt64(buffer.Length + 1);
            foreach (var memory in buffer.Slice(0, takes)) read.Write(memory.Span);
            body.AdvanceTo(buffer.GetPosition(takes), random.Next(2) == 0 ? buffer.End : buffer.GetPosition(takes));
            if (result.IsCompleted) return read.ToArray();
        }
    }

    public static async Task<(byte[] Bytes, S3Digests Digests)> ReceiveAsync(
        DefaultHttpContext context, string payload, S3BodyOptions? options = null)
    {
        using var body = Open(context, payload, options);
        return (await ReadAsync(body, new Random(1)), body.Digests);
    }

    public static async Task<S3Error> RefusedAsync(
        DefaultHttpContext context, string payload, S3BodyOptions? options = null) =>
        (await Assert.ThrowsAsync<S3Exception>(() => ReceiveAsync(context, payload, options))).Error;

    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static string Sign(string text) => TestClient.Hex(TestClient.Hmac(TestClient.Key(), text));

    /// <summary>A body that arrives in pieces of any length.</summary>
    public sealed class Pieces(byte[] body, Random random) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var most = random.Next(4) == 0 ? 3 : 700;
            var count = Math.Min(Math.Min(buffer.Length, body.Length - _position), random.Next(1, most));
            body.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class Source(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}
