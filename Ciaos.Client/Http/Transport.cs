using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;

namespace Ciaos.Client.Http;

/// <summary>
/// Sends calls over pooled connections. What fails for the moment (no connection, a broken one, no answer in time, 429,
/// 503) is sent again while the body can be; every other failure is the caller's at once.
/// </summary>
internal sealed class Transport : IDisposable
{
    private const int MaxErrorTextBytes = 64 * 1024;

    // A body of more is announced, so that what the head decides is decided before it is sent.
    private const int AnnouncedBytes = 1024 * 1024;

    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http;
    private readonly string _root;
    private readonly string? _credential;

    public Transport(CiaosClientOptions options)
    {
        if (string.IsNullOrEmpty(options.User) && string.IsNullOrEmpty(options.AccessKey))
            throw new ArgumentException("Neither a user nor an access key tells whose keys are meant", nameof(options));
        if (!options.Address.IsAbsoluteUri || options.Address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"{options.Address} is no address such as http://host:9710", nameof(options));
        Options = options;
        _root = options.Address.GetLeftPart(UriPartial.Path).TrimEnd('/');
        _credential = options.AccessKey is { Length: > 0 } key ? $"Bearer {key}" : null;
        _http = new HttpClient(options.Handler ?? MakeHandler(options), disposeHandler: options.Handler is null)
        {
            // Time-outs are the watchdog's: a long transfer that moves is no failure.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public CiaosClientOptions Options { get; }

    /// <summary>The answer, its head read: a success, or of the status that the call accepts.</summary>
    /// <exception cref="CiaosException">All others, once retries are used up.</exception>
    public async Task<HttpResponseMessage> SendAsync(Call call, CancellationToken cancellation)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (answer, failure, retryAfter) = await TryAsync(call, cancellation).ConfigureAwait(false);
            if (answer is not null) return answer;
            if (!IsWorthRetrying(failure!) || attempt >= Options.Retries || call.Body is { CanSend: false })
                throw failure!;
            await PauseAsync(attempt, retryAfter, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Waits before another attempt.</summary>
    /// <param name="attempt">How many waits there have been.</param>
    public Task PauseAsync(int attempt, TimeSpan? atLeast, CancellationToken cancellation)
    {
        var backoff = Options.MinBackoff * Math.Pow(2, Math.Min(attempt, 30)) * (1 - Random.Shared.NextDouble() / 2);
        if (atLeast > backoff) backoff = atLeast.Value;
        if (backoff > Options.MaxBackoff) backoff = Options.MaxBackoff;
        return Task.Delay(backoff, Options.Time, cancellation);
    }

    /// <summary>All of a body that is known to be small.</summary>
    public async Task<byte[]> ReadAllAsync(Call call, HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var watchdog = new Watchdog(Options, cancellation);
        try
        {
            return await answer.Content.ReadAsByteArrayAsync(watchdog.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (IsTransportFailure(error, cancellation))
        {
            throw Explain(call.Key, error, watchdog);
        }
    }

    public static bool IsTransportFailure(Exception error, CancellationToken caller) => error switch
    {
        HttpRequestException or IOException => true,
        OperationCanceledException => !caller.IsCancellationRequested,
        _ => false,
    };

    public CiaosException Explain(string? key, Exception error, Watchdog? watchdog = null) => error switch
    {
        OperationCanceledException => new CiaosException(
            CiaosError.Unavailable,
            watchdog is { HasRunOut: true }
                ? $"{Options.Address} made no progress for {Options.Timeout}"
                : $"There was no connection to {Options.Address} within {Options.ConnectTimeout}",
            key, cause: error),
        HttpRequestException failed when NeverConnected(failed) => new CiaosException(
            CiaosError.Unavailable, $"There is no connection to {Options.Address}: {failed.Message}", key,
            cause: error),
        _ => new CiaosException(
            CiaosError.BrokenTransfer, $"The connection to {Options.Address} broke: {error.Message}", key,
            cause: error),
    };

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler MakeHandler(CiaosClientOptions options) => new()
    {
        ConnectTimeout = options.ConnectTimeout,
        MaxConnectionsPerServer = options.MaxConnections,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = !options.Address.IsLoopback,
        ActivityHeadersPropagator = null,
    };

    private static bool NeverConnected(HttpRequestException error) => error.HttpRequestError
        is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private static bool IsWorthRetrying(CiaosException failure) =>
        failure.Error is CiaosError.Unavailable or CiaosError.BrokenTransfer
        && failure.InnerException?.InnerException is not AuthenticationException;

    private async Task<(HttpResponseMessage? Answer, CiaosException? Failure, TimeSpan? RetryAfter)> TryAsync(
        Call call, CancellationToken cancellation)
    {
        using var watchdog = new Watchdog(Options, cancellation);
        HttpResponseMessage? answer = null;
        try
        {
            using var request = MakeRequest(call, watchdog);
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, watchdog.Token)
                .ConfigureAwait(false);
            if (answer.IsSuccessStatusCode || answer.StatusCode == call.Accepts) return (answer, null, null);
            using (answer)
            {
                var failure = await RefusalAsync(call, answer, watchdog).ConfigureAwait(false);
                call.IsOutcomeUnknown |= failure.Error is CiaosError.Unavailable or CiaosError.ServerFailed;
                return (null, failure, answer.Headers.RetryAfter?.Delta);
            }
        }
        catch (Exception error)
        {
            answer?.Dispose();
            call.Body?.SourceFailure?.Throw();
            if (!IsTransportFailure(error, cancellation)) throw;
            call.IsOutcomeUnknown |= error is not HttpRequestException failed || !NeverConnected(failed);
            return (null, Explain(call.Key, error, watchdog), null);
        }
    }

    private HttpRequestMessage MakeRequest(Call call, Watchdog watchdog)
    {
        if (!Uri.TryCreate(_root + call.Target, Verbatim, out var address))
            throw new ArgumentException($"No address can be made of {_root} and {call.Target}", nameof(call));
        var request = new HttpRequestMessage(call.Method, address);
        if (Options.User is { Length: > 0 } user) request.Headers.TryAddWithoutValidation("User", user);
        if (_credential is not null) request.Headers.TryAddWithoutValidation("Authorization", _credential);
        foreach (var (name, value) in call.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (call.Body is not { } body) return request;
        request.Content = new UploadContent(body, call.Progress, watchdog);
        if (call.BodyType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", call.BodyType);
        if (body.LengthBytes is null or > AnnouncedBytes) request.Headers.ExpectContinue = true;
        if (body.LengthBytes is null) request.Headers.TransferEncodingChunked = true;
        return request;
    }

    private static async Task<CiaosException> RefusalAsync(Call call, HttpResponseMessage answer, Watchdog watchdog)
    {
        var body = await answer.Content.ReadAsStreamAsync(watchdog.Token).ConfigureAwait(false);
        var text = new byte[MaxErrorTextBytes];
        var count = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, watchdog.Token)
            .ConfigureAwait(false);
        return Refusals.Make(
            (int)answer.StatusCode, Encoding.UTF8.GetString(text, 0, count), call.Key, Header(answer, "X-Request-Id"));
    }

    public static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    /// <summary>Without its quotation marks.</summary>
    public static string? ETag(HttpResponseMessage answer) => Header(answer, "ETag")?.Trim('"');
}
