using Ciaos.Actors.Identity;
using Ciaos.Actors.Objects;
using Ciaos.Http.Tls;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http.S3;

/// <summary>Kestrel with the S3 front end on it.</summary>
public static class S3Server
{
    /// <summary>Listens once the task has ended. What it answers depends on <paramref name="readiness"/>.</summary>
    /// <param name="limits">Of connections, headers and rates.</param>
    /// <param name="certificate">Null: plain HTTP.</param>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static Task<HttpServer> StartAsync(
        HttpSettings limits, S3Settings settings, ObjectStore store, IdentityDirectory identity, Readiness readiness,
        TimeProvider time, ILoggerFactory loggers, TlsCertificate? certificate, CancellationToken cancellation)
    {
        var services = new S3Services(store, identity, settings, time, loggers.CreateLogger("Ciaos.Http.S3"));
        var api = new S3Api(services, readiness);
        var listener = new ListenerSettings(settings.Address, settings.Port, certificate);
        return HttpServer.StartAsync(limits, listener, api.HandleAsync, loggers, cancellation);
    }
}
