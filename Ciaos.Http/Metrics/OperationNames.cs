using System.Collections.Frozen;
using System.Text.Json;

namespace Ciaos.Http.Metrics;

/// <summary>The names of the native API's operations in metrics and logs: as the routes, such as
/// <c>update_key</c>.</summary>
internal static class OperationNames
{
    /// <summary>All of the admin API: it is asked seldom.</summary>
    public const string Admin = "admin";

    private static readonly FrozenDictionary<RouteName, string> Names = Enum.GetValues<RouteName>()
        .ToFrozenDictionary(route => route, route => JsonNamingPolicy.SnakeCaseLower.ConvertName(route.ToString()));

    /// <param name="method">One of the route's.</param>
    public static string Of(RouteName route, string method) => route switch
    {
        RouteName.Raw => method switch
        {
            "PUT" => "raw_put",
            "DELETE" => "raw_delete",
            _ => "raw_get",
        },
        RouteName.Live => "health_live",
        RouteName.Ready => "health_ready",
        _ => Names[route],
    };
}
