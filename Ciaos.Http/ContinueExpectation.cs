using Microsoft.AspNetCore.Http;

namespace Ciaos.Http;

/// <summary>
/// Clients that wait for 100 Continue before they send a body. The server says it when the body is read; where it gives
/// a final answer instead, nobody knows whether the body follows, so that the connection is of no more use. Nor is it
/// where there is no body to be read: clients of botocore take the status of such an answer for that of the next one on
/// the same connection too.
/// </summary>
internal static class ContinueExpectation
{
    /// <summary>To be called before the request is handled.</summary>
    public static void Watch(HttpContext context)
    {
        if (context.Request.Headers.Expect.Count == 0 || !HttpProtocol.IsHttp11(context.Request.Protocol)) return;
        context.Response.OnStarting(CloseWhereNotContinued, context);
    }

    private static Task CloseWhereNotContinued(object state)
    {
        var context = (HttpContext)state;
        var request = context.Request;
        var hasBody = request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;
        if (!hasBody || context.Response.StatusCode >= StatusCodes.Status400BadRequest)
            context.Response.Headers.Connection = "close";
        return Task.CompletedTask;
    }
}
