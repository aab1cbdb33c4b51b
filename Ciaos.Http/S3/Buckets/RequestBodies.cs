using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Buckets;

/// <summary>Documents in the bodies of requests.</summary>
internal static class RequestBodies
{
    /// <summary>More than the longest legal document of a bucket's configuration has.</summary>
    public const long MaxDocumentBytes = 2 * 1024 * 1024;

    /// <exception cref="S3Exception">The body is too long, or not what its client said.</exception>
    public static async Task<byte[]> ReadBodyAsync(this S3Request request, long maxBytes = MaxDocumentBytes)
    {
        using var body = S3Bodies.Open(request.Http, request.Caller, new S3BodyOptions(maxBytes));
        return await S3Bodies.ReadAllAsync(body, request.Aborted);
    }

    /// <exception cref="S3Exception">The body is not such a document.</exception>
    public static async Task<T> ReadDocumentAsync<T>(this S3Request request)
        where T : IS3Document<T> => S3Document.Parse<T>(await request.ReadBodyAsync());

    /// <summary>An answer without a body.</summary>
    public static Task SendStatus(this S3Request request, int status)
    {
        request.Response.StatusCode = status;
        // An answer 204 must not have the header.
        if (status != Microsoft.AspNetCore.Http.StatusCodes.Status204NoContent) request.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    public static async Task SendDocumentAsync<T>(this S3Request request, T document)
        where T : IS3Document<T>
    {
        using var xml = document.ToXml();
        await xml.SendAsync(request.Http);
    }
}
