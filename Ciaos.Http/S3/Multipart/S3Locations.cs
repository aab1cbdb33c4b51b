using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Multipart;

/// <summary>The address of an object as its client would write it.</summary>
internal static class S3Locations
{
    /// <summary>In path style, whatever style the request has.</summary>
    public static string Of(HttpRequest request, string bucket, string key) =>
        $"{request.Scheme}://{request.Host.Value}/{Uri.EscapeDataString(bucket)}/{PathOf(key)}";

    /// <summary>A key as it stands in the path of a URL: percent-encoded, but for its slashes.</summary>
    public static string PathOf(string key) => string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
}
