using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ciaos.Host.Identity;

/// <summary>Talks to the admin API of a running node.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;

    /// <exception cref="AdminCommandException">The endpoint is no address.</exception>
    public AdminClient(string endpoint, string credentials)
    {
        if (!Uri.TryCreate(endpoint.TrimEnd('/') + "/admin/v1/", UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https"))
            throw new AdminCommandException($"{endpoint} is no address such as {AdminOptions.DefaultEndpoint}");
        _http = new HttpClient { BaseAddress = address, Timeout = Timeout };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credentials);
    }

    /// <param name="path">Below /admin/v1/; names in it are escaped.</param>
    public Task<string> GetAsync(FormattableString path) => SendAsync(HttpMethod.Get, path);

    /// <returns>The body of the answer: JSON, or nothing.</returns>
    /// <exception cref="AdminCommandException">The node refused it, or did not answer.</exception>
    public async Task<string> SendAsync(HttpMethod method, FormattableString path, string? body = null)
    {
        var escaped = string.Format(
            System.Globalization.CultureInfo.InvariantCulture, path.Format,
            [.. path.GetArguments().Select(name => Uri.EscapeDataString(name?.ToString() ?? ""))]);
        using var request = new HttpRequestMessage(method, escaped);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var answer = await _http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode
                ? text
                : throw new AdminCommandException(
                    MessageOf(text) ?? $"The node answered {(int)answer.StatusCode}: {text}", isRefused: true);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            throw new AdminCommandException($"{_http.BaseAddress} does not answer: {failure.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private static string? MessageOf(string text)
    {
        try
        {
            return JsonNode.Parse(text)?["message"]?.GetValue<string>();
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>A command about identities was not done.</summary>
/// <param name="isRefused">By the node; otherwise it was not even asked.</param>
internal sealed class AdminCommandException(string message, bool isRefused = false) : Exception(message)
{
    public bool IsRefused { get; } = isRefused;
}
