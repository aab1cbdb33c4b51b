using Ciaos.Actors.AccessLogs;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Objects;
using Ciaos.Http.Metrics;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3.AccessLogs;
using Ciaos.Http.Tls;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http.S3;

/// <summary>Kestrel with the S3 front end on it.</summary>
public static class S3Server
{
    /// <summary>Listens once the task has ended. What it answers depends on <paramref name="readiness"/>.</summary>
    /// <param name="limits">Of connections, headers and rates.</param>
    /// <param name="certificate">Null: plain HTTP.</param>
    /// <param name="telemetry">Null: nothing is measured.</param>
    /// <param name="sessions">Gives out temporary credentials; null: nobody can have any.</param>
    /// <param name="quotas">Those that the other front end counts with; null: there is none.</param>
    /// <param name="startLog">Begins to take access logs, which it stores by what it is given; null: buckets have
    /// none.</param>
    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static Task<HttpServer> StartAsync(
        HttpSettings limits, S3Settings settings, ObjectStore store, IdentityDirectory identity, Readiness readiness,
        TimeProvider time, ILoggerFactory loggers, TlsCertificate? certificate, CancellationToken cancellation,
        Telemetry? telemetry = null, UserQuotas? quotas = null, IdentitySystem? sessions = null,
        Func<AccessLogDelivery, AccessLog>? startLog = null)
    {
        var services = new S3Services(
            store, identity, settings, time, loggers.CreateLogger("Ciaos.Http.S3"),
            quotas ?? new UserQuotas(store, identity, time));
        var api = new S3Api(
            services, readiness, sessions, startLog?.Invoke(new AccessLogWriter(services).WriteAsync));
        var listener = new ListenerSettings(settings.Address, settings.Port, certificate);
        RequestDelegate handler = api.HandleAsync;
        if (telemetry is not null) handler = telemetry.Observe(FrontEnd.S3, handler, services.Logger);
        return HttpServer.StartAsync(limits, listener, handler, loggers, cancellation, telemetry);
    }
}
