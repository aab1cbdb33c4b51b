using System.Text;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Specs.Http.S3;

/// <summary>Requests that are handed to handlers without a server.</summary>
internal static class SpecContext
{
    /// <param name="answer">Takes the body of the answer.</param>
    public static DefaultHttpContext Of(
        string method, string body, IEnumerable<(string Name, string Value)> headers, Stream answer)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = answer;
        context.Request.Method = method;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Request.ContentLength = Encoding.UTF8.GetByteCount(body);
        foreach (var (name, value) in headers) context.Request.Headers[name] = value;
        return context;
    }
}
