namespace Ciaos.Http;

internal enum RouteName
{
    Put,
    Get,
    Append,
    Update,
    UpdateKey,
    Delete,
    Raw,
    Stat,
    List,
    Events,
    BatchGet,
    BatchPut,
    Live,
    Ready,
    Metrics,
}

/// <summary>One line of the table of routes.</summary>
/// <param name="Path">All of the path; or, where it ends with a slash, what comes before the key.</param>
/// <param name="Methods">As the header <c>Allow</c> lists them.</param>
/// <param name="QueryIsKey">
/// A question mark and what follows it belong to the key. The routes of the original protocol take no query, and its
/// client puts keys into the path unescaped: were the rest dropped, <c>a?1</c> and <c>a?2</c> would be one key.
/// </param>
internal sealed record Route(RouteName Name, string Path, string Methods, bool QueryIsKey = false)
{
    public const string NothingHere =
        "There is nothing here. Routes: POST /put/{key}, GET /get/{key}, POST /append/{key}, POST /update/{key}, "
        + "PUT /update_key/{old}/{new}, DELETE /delete/{key}, PUT|GET|HEAD|DELETE /raw/{key}, GET /stat/{key}, "
        + "GET /list?prefix=&after=&limit=, GET /events?after=&prefix=&follow=, POST /batch/get, "
        + "POST /batch/put, GET /health/live, GET /health/ready, GET /metrics, GET /admin/v1/";

    // The frequent ones first.
    private static readonly Route[] Table =
    [
        new(RouteName.Get, "/get/", "GET, HEAD", QueryIsKey: true),
        new(RouteName.Raw, "/raw/", "GET, HEAD, PUT, DELETE"),
        new(RouteName.Put, "/put/", "POST", QueryIsKey: true),
        new(RouteName.Append, "/append/", "POST", QueryIsKey: true),
        new(RouteName.Update, "/update/", "POST", QueryIsKey: true),
        new(RouteName.Delete, "/delete/", "DELETE", QueryIsKey: true),
        new(RouteName.UpdateKey, "/update_key/", "PUT", QueryIsKey: true),
        new(RouteName.Stat, "/stat/", "GET, HEAD"),
        new(RouteName.List, "/list", "GET, HEAD"),
        new(RouteName.Events, "/events", "GET"),
        new(RouteName.BatchGet, "/batch/get", "POST"),
        new(RouteName.BatchPut, "/batch/put", "POST"),
        new(RouteName.Live, "/health/live", "GET, HEAD"),
        new(RouteName.Ready, "/health/ready", "GET, HEAD"),
        new(RouteName.Metrics, "/metrics", "GET, HEAD"),
    ];

    private readonly string[] _methods = Methods.Split(", ");

    public bool Allows(string method) => Array.IndexOf(_methods, method) >= 0;

    /// <param name="key">Still encoded; empty where the route has none.</param>
    public static bool TryFind(RequestTarget target, out Route route, out ReadOnlySpan<char> key)
    {
        foreach (var candidate in Table)
        {
            route = candidate;
            key = default;
            var path = candidate.QueryIsKey ? target.Whole : target.Path;
            if (candidate.Path[^1] != '/' ? path.SequenceEqual(candidate.Path) : path.StartsWith(candidate.Path))
            {
                key = path[candidate.Path.Length..];
                return true;
            }
        }

        route = Table[0];
        key = default;
        return false;
    }
}
