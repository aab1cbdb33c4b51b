using System.Net;
using System.Net.Sockets;
using System.Text;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Bodies;
using Ciaos.Specs.Http.S3.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Ciaos.Specs.Http.S3.Bodies;

/// <summary>Signatures and bodies over a socket: what the server makes of them is not what a stand-in makes.</summary>
public sealed class SocketSpec : IAsyncLifetime
{
    private const string Unsigned = "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n";
    private const string Plain =
        "PUT /b/plain HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc";

    private readonly S3Authentication _authentication = new TestClient().Server();
    private WebApplication? _server;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBufferSize = 64 * 1024;
            options.Listen(IPAddress.Loopback, 0);
        });
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync();
    }

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    [Fact]
    public async Task A_body_in_chunks_of_both_kinds_needs_no_length()
    {
        var framed = Encoding.ASCII.GetString(
            BodyClient.UnsignedChunks("Hello"u8.ToArray(), 3, "x-amz-checksum-crc32:99GJgg=="));
        var answer = await SendAsync(
            $"PUT /b/k HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{Unsigned}x-amz-trailer: x-amz-checksum-crc32\r\n"
            + $"Transfer-Encoding: chunked\r\n\r\n{framed.Length:x}\r\n{framed}\r\n0\r\n\r\n");
        Assert.Contains("200 OK", answer);
        Assert.Contains("read 5", answer);
    }

    [Fact]
    public async Task The_next_request_is_read_behind_a_body_that_was_refused()
    {
        const string broken = "5\r\nHello\r\n0\r\nbad\r\n\r\n";
        var answer = await SendAsync(
            $"PUT /b/k HTTP/1.1\r\nHost: h\r\n{Unsigned}x-amz-decoded-content-length: 5\r\n"
            + $"Content-Length: {broken.Length}\r\n\r\n{broken}{Plain}");
        Assert.Contains("MalformedTrailerError", answer);
        Assert.Contains("read 3", answer);
    }

    [Fact]
    public async Task Who_is_refused_is_not_asked_for_the_body()
    {
        const string head =
            "PUT /b/k HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\nExpect: 100-continue\r\n";
        using var client = await ConnectAsync();
        var answer = new StreamReader(client.GetStream(), Encoding.Latin1);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + "\r\n"));
        Assert.StartsWith("HTTP/1.1 100", await answer.ReadLineAsync());
        await client.GetStream().WriteAsync("abc"u8.ToArray());
        Assert.Contains("read 3", await answer.ReadToEndAsync());

        using var refused = await ConnectAsync();
        answer = new StreamReader(refused.GetStream(), Encoding.Latin1);
        var signed = $"{head}Authorization: AWS key:signature\r\n\r\n";
        await refused.GetStream().WriteAsync(Encoding.ASCII.GetBytes(signed));
        Assert.StartsWith("HTTP/1.1 403", await answer.ReadLineAsync());
    }

    [Fact]
    public async Task Chunks_longer_than_what_the_server_reads_ahead_are_verified_too()
    {
        var body = Encoding.ASCII.GetBytes(new string('a', 1_000_000));
        foreach (var isAltered in new[] { false, true })
        {
            var context = TestClient.Request(
                "PUT", "/b/k", ("Host", "h"), ("x-amz-date", TestClient.Timestamp),
                ("x-amz-content-sha256", BodyClient.Signed), ("x-amz-decoded-content-length", "1000000"));
            TestClient.Sign(context);
            var authorization = context.Request.Headers.Authorization.ToString();
            var framed = Encoding.ASCII.GetString(
                BodyClient.SignedChunks(body, 600_000, seed: authorization[^64..]));
            if (isAltered) framed = framed[..500_000] + 'b' + framed[500_001..];
            var answer = await SendAsync(
                $"PUT /b/k HTTP/1.1\r\nHost: h\r\nConnection: close\r\nx-amz-date: {TestClient.Timestamp}\r\n"
                + $"Content-Length: {framed.Length}\r\n"
                + $"x-amz-content-sha256: {BodyClient.Signed}\r\nx-amz-decoded-content-length: 1000000\r\n"
                + $"Authorization: {authorization}\r\n\r\n{framed}");
            Assert.Contains(isAltered ? "SignatureDoesNotMatch" : "read 1000000", answer);
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            var query = S3Query.Parse(raw.Split('?').ElementAtOrDefault(1));
            var caller = await _authentication.AuthenticateAsync(context, query);
            using var body = S3Bodies.Open(context, caller, new S3BodyOptions(1 << 30));
            var bytes = await BodyClient.ReadAsync(body, new Random(1));
            await context.Response.WriteAsync($"read {bytes.Length}");
        }
        catch (S3Exception refused)
        {
            context.Response.StatusCode = refused.Error.Status;
            await context.Response.WriteAsync(refused.Error.Code);
        }
    }

    /// <summary>All that comes back until the server closes the connection.</summary>
    private async Task<string> SendAsync(string text)
    {
        using var client = await ConnectAsync();
        var stream = client.GetStream();
        var reading = new StreamReader(stream, Encoding.Latin1).ReadToEndAsync();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(text));
        }
        catch (IOException)
        {
            // The server need not read the rest of what it refused.
        }

        return await reading;
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(_server!.Urls.First().Replace("http://", "")));
        return client;
    }
}
