using System.Text;
using Ciaos.Http.Admin;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Metrics;

/// <summary><c>GET /metrics</c>. Who may see it is told in docs/metrics.md: where authentication is on, whoever may
/// <c>admin:GetMetrics</c>, unless the metrics are public.</summary>
/// <param name="authentication">Null: it is off.</param>
internal sealed class MetricsRoute(Telemetry telemetry, Authentication? authentication)
{
    /// <summary>What is answered where there are none.</summary>
    public const string Off = "There are no metrics: ciaos.metrics.enabled is off";

    public const string Action = "admin:GetMetrics";

    /// <exception cref="RequestRefusedException">The caller may not see the metrics.</exception>
    public async Task HandleAsync(HttpContext context)
    {
        if (authentication is not null && !telemetry.Settings.IsPublic) Authorize(context, authentication);
        var format = FormatFor(context.Request.Headers.Accept.ToString());
        var page = Encoding.UTF8.GetBytes(telemetry.Collector.Write(format));
        context.Response.ContentType =
            format == MetricsFormat.Text ? MetricsWriter.TextType : MetricsWriter.OpenMetricsType;
        context.Response.ContentLength = page.Length;
        context.Response.Headers.CacheControl = "no-store";
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.BodyWriter.WriteAsync(page, context.RequestAborted);
    }

    // Whoever takes OpenMetrics gets it: Prometheus prefers it, and who does not know it does not name it.
    private static MetricsFormat FormatFor(string accept) =>
        accept.Contains("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)
            ? MetricsFormat.OpenMetrics
            : MetricsFormat.Text;

    private static void Authorize(HttpContext context, Authentication authentication)
    {
        if (!authentication.TryRead(context.Request, out var caller, out var error))
            throw new RequestRefusedException(StatusCodes.Status401Unauthorized, error);
        if (!authentication.IsAllowed(context, caller, Action, "arn:aws:iam:::*"))
            throw new RequestRefusedException(
                StatusCodes.Status403Forbidden,
                $"The user {caller.User.Name} may not see the metrics: it needs a policy that allows {Action} on "
                + "arn:aws:iam:::*");
    }
}
