using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Ciaos.Actors.Notifications;

/// <summary>Finds the addresses of a host.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancellation);

/// <summary>Calls webhooks: a POST of JSON, without proxy, cookies or redirects. Connects only to addresses that are
/// allowed, and checks those that it connects to: names may mean others than when they were configured. Thread-safe.
/// </summary>
internal sealed class Webhooks : IDisposable
{
    private readonly HttpClient _http;
    private readonly WebhookHosts _allowed;
    private readonly ResolveHost _resolve;

    public Webhooks(NotificationSettings settings, ResolveHost? resolve = null)
    {
        (_allowed, _resolve) = (settings.AllowedHosts, resolve ?? Dns.GetHostAddressesAsync);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = settings.CallTimeout,
        };
    }

    /// <returns>Whether the answer was 2xx.</returns>
    /// <exception cref="WebhookRefusedException">The host may not be called.</exception>
    public async Task<bool> CallAsync(Uri url, ReadOnlyMemory<byte> json, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            // What it says beyond its status, nobody reads.
            using var answer = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException error)
        {
            return error.InnerException is WebhookRefusedException refused ? throw refused : false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await _resolve(host, cancellation);
        var allowed = addresses.Where(address => _allowed.Allows(host, address)).ToArray();
        if (addresses.Length > 0 && allowed.Length == 0) throw new WebhookRefusedException(host);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
