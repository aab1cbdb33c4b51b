using System.Text;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http;

/// <summary>Short answers: a status and a line of plain text.</summary>
internal static class Answers
{
    public const string KeyExists = "Key already exists";
    public const string CannotAppend = "Nothing can be appended to an encrypted object: put it anew as a whole";

    public static Task TextAsync(HttpContext context, int status, string text)
    {
        var response = context.Response;
        var bytes = Encoding.UTF8.GetByteCount(text);
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = bytes;
        if (HttpMethods.IsHead(context.Request.Method)) return Task.CompletedTask;
        Encoding.UTF8.GetBytes(text, response.BodyWriter.GetSpan(bytes));
        response.BodyWriter.Advance(bytes);
        return Task.CompletedTask;
    }

    public static Task BadRequestAsync(HttpContext context, string text) =>
        TextAsync(context, StatusCodes.Status400BadRequest, text);

    public static string NoSuchKey(string key) => $"No data found for key: {key}, The key does not exist";

    public static Task NoSuchKeyAsync(HttpContext context, string key) =>
        TextAsync(context, StatusCodes.Status404NotFound, NoSuchKey(key));

    public static Task UploadedAsync(HttpContext context, int status, string key) =>
        TextAsync(context, status, $"Data uploaded successfully: key = {key}");

    public static Task DeletedAsync(HttpContext context, string key) =>
        TextAsync(context, StatusCodes.Status200OK, $"File deleted successfully: key = {key}");

    public static string Locked(string key) => $"The object is under retention or legal hold: key = {key}";

    public static Task LockedAsync(HttpContext context, string key) =>
        TextAsync(context, StatusCodes.Status403Forbidden, Locked(key));

    /// <summary>The client may try again soon.</summary>
    public static Task TooManyRequestsAsync(HttpContext context, string user)
    {
        context.Response.Headers.RetryAfter = "1";
        return TextAsync(
            context, StatusCodes.Status429TooManyRequests,
            $"The user {user} has sent more requests per second than its quota allows");
    }

    /// <summary>The client may try again soon.</summary>
    public static Task UnavailableAsync(HttpContext context, string text)
    {
        context.Response.Headers.RetryAfter = "1";
        return TextAsync(context, StatusCodes.Status503ServiceUnavailable, text);
    }
}
