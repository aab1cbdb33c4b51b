using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Metrics;

/// <summary>
/// The span of a request, under that of its client where the client has sent one (header <c>traceparent</c>, W3C Trace
/// Context). Its attributes are those of OpenTelemetry's semantic conventions for HTTP servers. While nobody listens it
/// costs next to nothing.
/// </summary>
internal static class RequestTracing
{
    /// <summary>Names the source for those who listen.</summary>
    public const string SourceName = "Ciaos.Http";

    private static readonly ActivitySource Source = new(SourceName);

    public static bool HasListeners => Source.HasListeners();

    /// <summary>Null: nobody listens, or this request is not among those that are traced.</summary>
    public static Activity? Begin(HttpContext context)
    {
        if (!HasListeners) return null;
        var headers = context.Request.Headers;
        ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var parent);

        // The server has an activity of its own, which nobody is told of: it must not become the parent.
        Activity.Current = null;
        return Source.StartActivity(context.Request.Method, ActivityKind.Server, parent);
    }

    public static void End(Activity span, HttpContext context, RequestWatch watch, int status)
    {
        span.DisplayName = watch.Operation;
        if (span.IsAllDataRequested)
        {
            span.SetTag("http.request.method", context.Request.Method);
            span.SetTag("http.response.status_code", status);
            span.SetTag("http.request.body.size", watch.RequestBytes);
            span.SetTag("http.response.body.size", watch.ResponseBytes);
            span.SetTag("url.scheme", context.Request.Scheme);
            span.SetTag("url.path", RequestTarget.Parse(NativeApi.RawTargetOf(context)).Path.ToString());
            span.SetTag("ciaos.operation", watch.Operation);
            span.SetTag("ciaos.user", watch.User);
            span.SetTag("ciaos.request_id", context.TraceIdentifier);
        }

        if (watch.Error != RequestError.None || status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
        span.Dispose();
    }
}
