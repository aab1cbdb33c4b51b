using System.Net.Http.Headers;

namespace Ciaos.Actors.Notifications;

/// <summary>Calls webhooks: a POST of JSON, without proxy, cookies or redirects. Thread-safe.</summary>
internal sealed class Webhooks : IDisposable
{
    private readonly HttpClient _http;

    public Webhooks(TimeSpan callTimeout) => _http = new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = callTimeout,
    };

    /// <returns>Whether the answer was 2xx.</returns>
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
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();
}
