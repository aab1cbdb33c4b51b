using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Ciaos.Actors.Feed;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Objects;
using Ciaos.Http.Metrics;
using Ciaos.Http.Quotas;
using Ciaos.Http.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http;

/// <summary>Kestrel with one of the front ends on it.</summary>
public sealed class HttpServer : IAsyncDisposable
{
    /// <summary>What the server reads ahead of a body that waits for memory. It is not part of
    /// ciaos.objects.upload-memory, so that many waiting uploads must not take much of it.</summary>
    private const long RequestBufferBytes = 128 * 1024;

    private readonly WebApplication _application;

    private HttpServer(WebApplication application) => _application = application;

    /// <summary>Where it listens, such as <c>http://127.0.0.1:9710</c>: with the real port.</summary>
    public string Address => _application.Urls.First();

    /// <summary>Listens once the task has ended. What it answers depends on <paramref name="readiness"/>.</summary>
    /// <param name="identity">Who may use it, and the admin API; null: neither, for where authentication is
    /// off.</param>
    /// <param name="telemetry">Null: nothing is measured.</param>
    /// <param name="feed">What clients can follow; null: nothing.</param>
    /// <param name="quotas">Those that the other front end counts with; null: there is none.</param>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static Task<HttpServer> StartAsync(
        HttpSettings settings, ObjectStore store, Readiness readiness, ILoggerFactory loggers,
        CancellationToken cancellation, TlsCertificate? certificate = null, IdentitySystem? identity = null,
        Telemetry? telemetry = null, ChangeFeed? feed = null, UserQuotas? quotas = null)
    {
        var logger = loggers.CreateLogger<NativeApi>();
        var api = new NativeApi(store, settings, readiness, logger, identity, telemetry, feed, quotas);
        RequestDelegate handler = api.HandleAsync;
        if (telemetry is not null) handler = telemetry.Observe(FrontEnd.Native, handler, logger);
        var listener = new ListenerSettings(settings.Address, settings.Port, certificate);
        return StartAsync(settings, listener, handler, loggers, cancellation, telemetry);
    }

    /// <summary>Listens once the task has ended.</summary>
    /// <param name="settings">Its limits count; where to listen is told by <paramref name="listener"/>.</param>
    /// <param name="handler">Answers every request.</param>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    internal static async Task<HttpServer> StartAsync(
        HttpSettings settings, ListenerSettings listener, RequestDelegate handler, ILoggerFactory loggers,
        CancellationToken cancellation, Telemetry? telemetry = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "ciaos" });
        builder.Services.AddSingleton<ILoggerFactory>(new ServerLog(loggers));
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton<IHostLifetime, HostsOwnLifetime>();

        // Of several factories the last one counts: Kestrel's meter becomes one of this node's.
        if (telemetry is not null) builder.Services.AddSingleton<IMeterFactory>(new Meters(telemetry.Collector));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.ShutdownTimeout);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(
            options => Configure(options, settings, listener));
        var application = builder.Build();
        ((IApplicationBuilder)application).Run(handler);
        try
        {
            await application.StartAsync(cancellation);
        }
        catch (Exception failure)
        {
            await application.DisposeAsync();
            // Kestrel tells alone of an address in use in its own words.
            if (failure is SocketException refused) throw CannotListen(listener.Address, listener.Port, refused);
            throw;
        }

        return new HttpServer(application);
    }

    /// <summary>Tells of an address that a server could not listen on, before anything is made for it.</summary>
    /// <exception cref="IOException">It is in use, or not this machine's.</exception>
    public static void EnsureFree(IPAddress address, int port)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(address, port));
        }
        catch (SocketException refused)
        {
            throw CannotListen(address, port, refused);
        }
    }

    /// <summary>Takes no more connections, lets the requests that have begun finish, and ends those that take longer
    /// than the shutdown time-out.</summary>
    public Task StopAsync(CancellationToken cancellation) => _application.StopAsync(cancellation);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static IOException CannotListen(IPAddress address, int port, SocketException refused) =>
        new($"{new IPEndPoint(address, port)} cannot be listened on: {refused.Message}", refused);

    private static void Configure(
        KestrelServerOptions options, HttpSettings settings, ListenerSettings listener)
    {
        options.AddServerHeader = false;
        // Every byte of a header is taken, and sent, as it came; what a header may hold is judged where it is used.
        options.RequestHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.Latin1;
        var limits = options.Limits;
        limits.MaxConcurrentConnections = settings.MaxConnections;
        limits.KeepAliveTimeout = settings.KeepAliveTimeout;
        limits.RequestHeadersTimeout = settings.RequestHeadersTimeout;
        limits.MaxRequestLineSize = settings.MaxRequestLineBytes;
        limits.MaxRequestHeadersTotalSize = settings.MaxRequestHeadersBytes;
        limits.MaxRequestBufferSize =
            Math.Max(RequestBufferBytes, Math.Max(settings.MaxRequestLineBytes, settings.MaxRequestHeadersBytes));
        limits.MaxRequestBodySize = null;
        var rate = settings.MinBodyBytesPerSecond == 0
            ? null
            : new MinDataRate(settings.MinBodyBytesPerSecond, settings.MinBodyRateGrace);
        limits.MinRequestBodyDataRate = rate;
        limits.MinResponseDataRate = rate;
        options.Listen(listener.Address, listener.Port, listen =>
        {
            if (listener.Certificate is { } certificate)
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(certificate.Options()),
                    HandshakeTimeout = settings.RequestHeadersTimeout,
                });
                return;
            }

            listen.Protocols = HttpProtocols.Http1;
            listen.AllowHalfClosing();
        });
    }

    /// <summary>Gives out meters that outlive the server.</summary>
    private sealed class Meters(MetricsCollector collector) : IMeterFactory
    {
        public Meter Create(MeterOptions options) => collector.Create(options);

        public void Dispose()
        {
        }
    }

    /// <summary>Signals are the host's: this application starts and stops when it is told to.</summary>
    private sealed class HostsOwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Where a front end listens.</summary>
/// <param name="Port">0 takes any free one.</param>
/// <param name="Certificate">Null: plain HTTP.</param>
internal sealed record ListenerSettings(IPAddress Address, int Port, TlsCertificate? Certificate = null);
