using System.Net;
using System.Net.Http.Headers;
using Ciaos.Client;

namespace Ciaos.Host.Client;

/// <summary>What commands ask of a node beside its objects: its clock and its metrics.</summary>
internal sealed class NodeHttp : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>The node tells its time in whole seconds, so less than this may be none at all.</summary>
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http;

    public NodeHttp(CiaosClientOptions options)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = !options.Address.IsLoopback })
        {
            BaseAddress = new Uri(options.Address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"),
            Timeout = Timeout,
        };
        if (options.AccessKey is { } key)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>How far the node's clock is ahead of ours; zero where that is less than can be told.</summary>
    /// <exception cref="CommandException">The node does not answer.</exception>
    public async Task<TimeSpan> ClockLeadAsync(CancellationToken cancellation)
    {
        using var answer = await SendAsync("health/live", cancellation);
        if (answer.Headers.Date is not { } theirs) return TimeSpan.Zero;
        var lead = theirs + TimeSpan.FromSeconds(0.5) - TimeProvider.System.GetUtcNow();
        return lead.Duration() <= Resolution ? TimeSpan.Zero : lead;
    }

    /// <summary>What <c>GET /metrics</c> says: text of Prometheus.</summary>
    /// <exception cref="CommandException">The node does not answer, refuses, or has none.</exception>
    public async Task<string> MetricsAsync(CancellationToken cancellation)
    {
        using var answer = await SendAsync("metrics", cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK => text,
            HttpStatusCode.NotFound => throw new CommandException(
                ExitCode.NotFound, $"{_http.BaseAddress} has no metrics: is that the native API of a node?"),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => throw new CommandException(
                ExitCode.Denied, $"{text.TrimEnd()}\n       Look at --access-key ({ClientOptions.AccessKeyVariable})"),
            _ => throw new CommandException(
                ExitCode.Failed, $"The node answered {(int)answer.StatusCode}: {text.TrimEnd()}"),
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await _http.GetAsync(path, cancellation);
        }
        catch (Exception failure) when (failure is HttpRequestException
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new CommandException(ExitCode.Unavailable, Failure.NoNode(
                $"There is no connection to {_http.BaseAddress}: {failure.Message}"));
        }
    }
}
