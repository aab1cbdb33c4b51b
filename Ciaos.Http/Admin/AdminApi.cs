using System.Collections.Immutable;
using System.Reflection;
using Ciaos.Actors.Identity;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Admin;

/// <summary>
/// The admin API (docs/identity.md), on the port of the native one. Every route but its own description needs an access
/// key, whether the native API does or not, and a user who is root or has a policy that allows the route's action.
/// </summary>
internal sealed class AdminApi
{
    public const string PathStart = "/admin/";

    private const string Start = "/admin/v1/";

    private readonly IdentitySystem _identity;
    private readonly Readiness _readiness;
    private readonly Authentication _authentication;
    private readonly ImmutableArray<AdminRoute> _routes;

    public AdminApi(IdentitySystem identity, Readiness readiness)
    {
        (_identity, _readiness) = (identity, readiness);
        _authentication = new Authentication(identity.Directory, identity.Time);
        var users = new AdminUsers(identity);
        _routes = [
            .. users.Routes, .. new AdminKeys(identity, users).Routes,
            .. new AdminSessions(identity, users, _authentication).Routes];
    }

    public IReadOnlyList<AdminRoute> Routes => _routes;

    public async Task HandleAsync(HttpContext context)
    {
        var target = RequestTarget.Parse(NativeApi.RawTargetOf(context));
        try
        {
            if (target.Path.StartsWith(Start))
                await DispatchAsync(context, new string(target.Path), new string(target.Query));
            else
                throw AdminException.NotFound($"There is nothing here: the admin API begins with {Start}");
        }
        catch (AdminException refused) when (!context.Response.HasStarted)
        {
            if (refused.Status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
            await AdminJson.RefuseAsync(context, refused);
        }
    }

    internal static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private async Task DispatchAsync(HttpContext context, string path, string query)
    {
        var rest = path[Start.Length..];
        if (rest.Length == 0 || rest == "openapi.json")
        {
            await DescribeAsync(context, rest);
            return;
        }

        if (_readiness.Reason is { } reason)
            throw new AdminException(StatusCodes.Status503ServiceUnavailable, "Unavailable", reason);
        if (!_authentication.TryRead(context.Request, out var caller, out var error))
        {
            context.Response.Headers.WWWAuthenticate = Authentication.Challenge;
            throw new AdminException(StatusCodes.Status401Unauthorized, "Unauthorized", error);
        }

        var segments = rest.Split('/').Select(Decode).ToList();
        var route = Find(context, segments);
        var names = route.NamesIn(segments);
        Authorize(context, caller, route, names);
        await route.HandleAsync(new AdminRequest(context, caller, names, ReadQuery(query)));
    }

    private AdminRoute Find(HttpContext context, List<string> segments)
    {
        var fitting = _routes.Where(route => route.Fits(segments)).ToList();
        if (fitting.Count == 0) throw AdminException.NotFound($"There is nothing here: {Start}openapi.json lists all");
        if (fitting.Find(route => route.Method == context.Request.Method) is { } found) return found;
        var methods = string.Join(", ", fitting.Select(route => route.Method));
        context.Response.Headers.Allow = methods;
        throw new AdminException(
            StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed",
            $"The method {context.Request.Method} is not allowed here, allowed is: {methods}");
    }

    private void Authorize(HttpContext context, Caller caller, AdminRoute route, IReadOnlyList<string> names)
    {
        if (route.Action.Length == 0) return;
        var resource = route.ResourceOf(names, id => _identity.Directory.FindKey(id)?.User);
        if (!_authentication.IsAllowed(context, caller, route.Action, resource))
            throw new AdminException(
                StatusCodes.Status403Forbidden, "AccessDenied",
                $"The user {caller.User.Name} may not do this: it needs a policy that allows {route.Action} on "
                + resource);
    }

    private static async Task DescribeAsync(HttpContext context, string what)
    {
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            throw new AdminException(
                StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", "The description can only be read");
        }

        context.Response.ContentType = what.Length == 0 ? "text/html; charset=utf-8" : "application/json";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (context.Request.Method == "GET")
            await context.Response.WriteAsync(
                Resource(what.Length == 0 ? "Ciaos.Http.Admin.page.html" : "Ciaos.Http.Admin.openapi.json"),
                context.RequestAborted);
    }

    private static string Decode(string segment) =>
        RequestTarget.TryDecode(segment, out var text, out var error) ? text : throw AdminException.Invalid(error);

    private static Dictionary<string, string> ReadQuery(string query)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || pair[..equals] is not ("after" or "limit"))
                throw AdminException.Invalid($"The parameter {pair} is not known");
            if (!read.TryAdd(pair[..equals], Decode(pair[(equals + 1)..])))
                throw AdminException.Invalid($"The parameter {pair[..equals]} is there twice");
        }

        return read;
    }
}
