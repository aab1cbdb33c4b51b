using Ciaos.Actors.Feed;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Objects;
using Ciaos.Http.Admin;
using Ciaos.Http.Batch;
using Ciaos.Http.Events;
using Ciaos.Http.Health;
using Ciaos.Http.Listing;
using Ciaos.Http.Metrics;
using Ciaos.Http.Native;
using Ciaos.Http.Quotas;
using Ciaos.Http.Raw;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Ciaos.Http;

/// <summary>
/// The native API (docs/api.md) as one terminal middleware: finds the route from the raw target, checks what every
/// route needs (readiness, method, user, key) in this order, and turns whatever fails into an answer.
/// </summary>
public sealed class NativeApi
{
    private readonly Readiness _readiness;
    private readonly ILogger _logger;
    private readonly Failures _failures;
    private readonly NativeAccess _access;
    private readonly UserQuotas _quotas;
    private readonly AdminApi? _admin;
    private readonly HealthRoutes _health;
    private readonly ListRoute _list;
    private readonly EventsRoute _events;
    private readonly FileListWrites _writes;
    private readonly FileListReads _reads;
    private readonly KeyChanges _changes;
    private readonly RawReads _rawReads;
    private readonly RawWrites _rawWrites;
    private readonly StatRoute _stat;
    private readonly MetricsRoute? _metrics;
    private readonly BatchRoutes _batches;

    /// <param name="identity">Null: without the admin API, and only where authentication is off.</param>
    /// <param name="telemetry">Null: there are no metrics.</param>
    /// <param name="feed">Null: nobody can follow what happens.</param>
    /// <param name="quotas">Null: those that the identities have.</param>
    internal NativeApi(
        ObjectStore store, HttpSettings settings, Readiness readiness, ILogger logger, IdentitySystem? identity = null,
        Telemetry? telemetry = null, ChangeFeed? feed = null, UserQuotas? quotas = null)
    {
        if (settings.IsAuthenticationOn) ArgumentNullException.ThrowIfNull(identity);
        var authentication =
            settings.IsAuthenticationOn ? new Authentication(identity!.Directory, identity.Time) : null;
        _access = new NativeAccess(authentication);
        _quotas = quotas ?? (identity is null
            ? UserQuotas.Unlimited
            : new UserQuotas(store, identity.Directory, identity.Time));
        _metrics = telemetry is null ? null : new MetricsRoute(telemetry, authentication);
        _admin = identity is null ? null : new AdminApi(identity, readiness);
        (_readiness, _logger) = (readiness, logger);
        _failures = new Failures(logger);
        _health = new HealthRoutes(store, readiness);
        _list = new ListRoute(store);
        _events = new EventsRoute(store, feed, _access, settings);
        _writes = new FileListWrites(store, _quotas, _failures, settings.MaxFilesPerUpload);
        _reads = new FileListReads(store, _failures);
        _changes = new KeyChanges(store, _failures);
        _rawReads = new RawReads(store, _failures);
        _rawWrites = new RawWrites(store, _quotas, _failures);
        _stat = new StatRoute(store, _failures);
        _batches = new BatchRoutes(store, _quotas, _failures, settings.Batch, settings.MaxFilesPerUpload);
    }

    internal static string RawTargetOf(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    internal static void SetRequestId(HttpContext context) =>
        context.Response.Headers["X-Request-Id"] = context.TraceIdentifier;

    // The one place that catches everything: no failure may go without an answer, and a line in the log.
    internal async Task HandleAsync(HttpContext context)
    {
        SetRequestId(context);
        ContinueExpectation.Watch(context);
        try
        {
            await DispatchAsync(context);
        }
        catch (Exception error)
        {
            await _failures.AnswerAsync(context, error);
        }
    }

    private Task DispatchAsync(HttpContext context)
    {
        var target = RequestTarget.Parse(RawTargetOf(context));
        var watch = RequestWatch.Of(context);
        if (_admin is not null && target.Path.StartsWith(AdminApi.PathStart))
        {
            watch?.Operation = OperationNames.Admin;
            return _admin.HandleAsync(context);
        }

        if (!Route.TryFind(target, out var route, out var key))
            return Answers.TextAsync(context, StatusCodes.Status404NotFound, Route.NothingHere);
        if (!route.Allows(context.Request.Method)) return RefuseMethodAsync(context, route);
        watch?.Operation = OperationNames.Of(route.Name, context.Request.Method);
        if (route.Name is RouteName.Live) return HealthRoutes.LiveAsync(context);
        if (route.Name is RouteName.Ready) return _health.ReadyAsync(context);
        if (route.Name is RouteName.Metrics)
            return _metrics?.HandleAsync(context)
                ?? Answers.TextAsync(context, StatusCodes.Status404NotFound, MetricsRoute.Off);
        if (_readiness.Reason is { } reason) return Answers.UnavailableAsync(context, reason);
        var caller = _access.Identify(context);
        watch?.User = caller.User;
        if (!_quotas.TryTakeRequest(caller.User)) return Answers.TooManyRequestsAsync(context, caller.User);
        var error = "";
        switch (route.Name)
        {
            case RouteName.List when ListQuery.TryParse(target.Query, out var query, out error):
                _access.Authorize(context, caller, route.Name);
                return _list.HandleAsync(context, caller.User, query);
            case RouteName.Events when EventsQuery.TryParse(
                target.Query, context.Request.Headers, out var query, out error):
                _access.Authorize(context, caller, route.Name);
                return _events.HandleAsync(context, caller, query);
            case RouteName.UpdateKey when ObjectKeys.TryParsePair(key, out var from, out var to, out error):
                watch?.Key = from.Value;
                _access.Authorize(context, caller, route.Name, from, to);
                return _changes.RenameAsync(context, caller.User, from, to);
            case RouteName.BatchGet or RouteName.BatchPut:
                var refusals = _access.RefusalsOf(context, caller, route.Name);
                return _batches.HandleAsync(context, caller.User, route.Name, refusals);
            case not (RouteName.List or RouteName.Events or RouteName.UpdateKey)
                when ObjectKeys.TryParse(key, out var parsed, out error):
                watch?.Key = parsed.Value;
                _access.Authorize(context, caller, route.Name, parsed);
                return HandleKeyAsync(context, route.Name, caller.User, parsed);
            default:
                return Answers.BadRequestAsync(context, error);
        }
    }

    private Task HandleKeyAsync(HttpContext context, RouteName route, string user, ObjectKey key) => route switch
    {
        RouteName.Put => _writes.HandleAsync(context, user, key, FileListWrite.Put),
        RouteName.Append => _writes.HandleAsync(context, user, key, FileListWrite.Append),
        RouteName.Update => _writes.HandleAsync(context, user, key, FileListWrite.Update),
        RouteName.Get => _reads.HandleAsync(context, user, key),
        RouteName.Delete => _changes.DeleteAsync(context, user, key),
        RouteName.Stat => _stat.HandleAsync(context, user, key),
        RouteName.Raw => context.Request.Method switch
        {
            "PUT" => _rawWrites.PutAsync(context, user, key),
            "DELETE" => _rawWrites.DeleteAsync(context, user, key),
            _ => _rawReads.HandleAsync(context, user, key),
        },
        _ => throw new InvalidOperationException($"Route {route} has no key"),
    };

    private static Task RefuseMethodAsync(HttpContext context, Route route)
    {
        context.Response.Headers.Allow = route.Methods;
        return Answers.TextAsync(
            context,
            StatusCodes.Status405MethodNotAllowed,
            $"The method {context.Request.Method} is not allowed here, allowed is: {route.Methods}");
    }
}
