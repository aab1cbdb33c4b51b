using Ciaos.Actors.Identity;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Sts;

/// <summary>The XML of answers and errors.</summary>
internal static class StsAnswer
{
    private const string Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

    public static async Task SendAsync(HttpContext context, string action, Action<S3Xml> result)
    {
        using var xml = new S3Xml($"{action}Response", Namespace);
        xml.Open($"{action}Result");
        result(xml);
        xml.Close().Open("ResponseMetadata").Text("RequestId", context.TraceIdentifier).Close();
        await SendAsync(context, xml, StatusCodes.Status200OK);
    }

    public static async Task SendAsync(HttpContext context, StsException error)
    {
        context.Response.Clear();
        S3Api.SetCommonHeaders(context);
        using var xml = new S3Xml("ErrorResponse", Namespace);
        var isClients = error.Status < StatusCodes.Status500InternalServerError;
        xml.Open("Error").Text("Type", isClients ? "Sender" : "Receiver")
            .Text("Code", error.Code).Text("Message", error.Message).Close()
            .Text("RequestId", context.TraceIdentifier);
        await SendAsync(context, xml, error.Status);
    }

    public static void WriteCredentials(S3Xml xml, AccessKey key) => xml.Open("Credentials")
        .Text("AccessKeyId", key.Id).Text("SecretAccessKey", key.Secret).Text("SessionToken", key.SessionToken)
        .Time("Expiration", key.Expires!.Value).Close();

    private static Task SendAsync(HttpContext context, S3Xml xml, int status)
    {
        // Nobody on the way may keep a secret.
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["x-amzn-RequestId"] = context.TraceIdentifier;
        return xml.SendAsync(context, status);
    }
}
