using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Multipart;
using Ciaos.Http.S3.Objects;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Post;

/// <summary>What a browser gets for its form: sent on to another page, or one of three answers, as the form
/// asks.</summary>
internal static class PostAnswer
{
    private const string Status = "success_action_status";
    private const string Redirect = "success_action_redirect";
    private const string OldRedirect = "redirect";

    public static async Task SendAsync(S3Request request, PostForm form, IndexProtocol.ObjectRecord stored)
    {
        ObjectWriter.WriteHead(request, stored);
        var response = request.Response;
        var location = S3Locations.Of(request.Http.Request, request.BucketName, request.Key.Value);
        if (PageOf(form) is { } page)
        {
            response.StatusCode = StatusCodes.Status303SeeOther;
            response.Headers.Location = Address(page, request.BucketName, request.Key.Value, stored.ETag);
            return;
        }

        response.Headers.Location = location;
        response.StatusCode = StatusOf(form.Text(Status));
        if (response.StatusCode != StatusCodes.Status201Created) return;
        using var xml = new S3Xml("PostResponse", xmlNamespace: null);
        xml.Text("Location", location)
            .Text("Bucket", request.BucketName)
            .Text("Key", request.Key.Value)
            .Text("ETag", $"\"{stored.ETag}\"");
        await xml.SendAsync(request.Http, StatusCodes.Status201Created);
    }

    /// <summary>Any other status than these three means the usual one.</summary>
    public static int StatusOf(string field) =>
        int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        && status is StatusCodes.Status200OK or StatusCodes.Status201Created
            ? status
            : StatusCodes.Status204NoContent;

    /// <summary>The address of the page, with what was stored in its query.</summary>
    public static string Address(Uri page, string bucket, string key, string tag)
    {
        var address = page.AbsoluteUri;
        var fragment = page.Fragment;
        if (fragment.Length > 0) address = address[..^fragment.Length];
        var separator = page.Query.Length == 0 ? '?' : '&';
        return $"{address}{separator}bucket={Uri.EscapeDataString(bucket)}&key={Uri.EscapeDataString(key)}"
            + $"&etag=%22{Uri.EscapeDataString(tag)}%22{fragment}";
    }

    /// <summary>Null: the form names none, or what it names is no page that a browser could be sent to.</summary>
    private static Uri? PageOf(PostForm form)
    {
        var text = form.Text(Redirect);
        if (text.Length == 0) text = form.Text(OldRedirect);
        return Uri.TryCreate(text, UriKind.Absolute, out var page)
            && (page.Scheme == Uri.UriSchemeHttp || page.Scheme == Uri.UriSchemeHttps)
                ? page
                : null;
    }
}
