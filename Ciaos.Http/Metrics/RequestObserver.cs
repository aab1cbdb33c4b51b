using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http.Metrics;

/// <summary>Stands around a front end: measures every request, and tells the log of slow ones.</summary>
internal sealed class RequestObserver(Telemetry telemetry, FrontEnd frontEnd, ILogger logger)
{
    /// <summary>The status of requests whose client did not wait for an answer. As nginx has it.</summary>
    public const int ClientGone = 499;

    /// <summary>Streams that last as long as their client wants: not their end tells whether they were slow.</summary>
    public const string EndlessOperation = "events";

    private readonly TimeProvider _time = telemetry.Time;
    private readonly RequestMetrics _metrics = telemetry.Requests;
    private readonly TimeSpan _slow = telemetry.Settings.SlowRequest;

    public RequestDelegate Around(RequestDelegate handler) => context => HandleAsync(context, handler);

    private Task HandleAsync(HttpContext context, RequestDelegate handler)
    {
        var watch = RequestWatch.Begin(context, _time);
        _metrics.Begin(frontEnd);
        if (RequestTracing.HasListeners) return TraceAsync(context, handler, watch);
        var answered = handler(context);
        if (!answered.IsCompletedSuccessfully) return EndAsync(answered, context, watch, span: null);
        End(context, watch, span: null);
        return Task.CompletedTask;
    }

    // What it makes the current activity is so for this request alone.
    private async Task TraceAsync(HttpContext context, RequestDelegate handler, RequestWatch watch)
    {
        var span = RequestTracing.Begin(context);
        await EndAsync(handler(context), context, watch, span);
    }

    private async Task EndAsync(Task answered, HttpContext context, RequestWatch watch, Activity? span)
    {
        try
        {
            await answered;
        }
        finally
        {
            End(context, watch, span);
        }
    }

    private void End(HttpContext context, RequestWatch watch, Activity? span)
    {
        var duration = _time.GetElapsedTime(watch.StartedAt);
        var isGone = context.RequestAborted.IsCancellationRequested && watch.Error == RequestError.None;
        var status = isGone && !context.Response.HasStarted ? ClientGone : context.Response.StatusCode;
        _metrics.End(frontEnd, watch, status, duration);
        if (ErrorOf(watch, status, isGone) is var error and not RequestError.None) _metrics.Error(error);
        if (span is not null) RequestTracing.End(span, context, watch, status);
        if (_slow == TimeSpan.Zero) return;
        var untilBody = watch.BodyAt == 0 ? duration : _time.GetElapsedTime(watch.StartedAt, watch.BodyAt);
        if ((watch.Operation == EndlessOperation ? untilBody : duration) < _slow) return;
        _metrics.Slow(watch);
        SlowRequests.Tell(logger, watch, status, untilBody, duration, context.TraceIdentifier);
    }

    private static RequestError ErrorOf(RequestWatch watch, int status, bool isGone) => status switch
    {
        _ when watch.Error != RequestError.None => watch.Error,
        _ when isGone => RequestError.ClientGone,
        StatusCodes.Status500InternalServerError => RequestError.Failed,
        StatusCodes.Status503ServiceUnavailable => RequestError.Unavailable,
        StatusCodes.Status507InsufficientStorage => RequestError.DiskFull,
        _ => RequestError.None,
    };
}
