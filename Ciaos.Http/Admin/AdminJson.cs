using System.Globalization;
using System.Text.Json;
using Ciaos.Actors.Identity;
using Ciaos.Http.Listing;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.Admin;

/// <summary>How things look in the answers of the admin API.</summary>
internal static class AdminJson
{
    public static Task SendAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        return ObjectJson.SendAsync(context, json =>
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        });
    }

    public static Task RefuseAsync(HttpContext context, AdminException refused) =>
        SendAsync(context, refused.Status, json =>
        {
            json.WriteString("error", refused.Code);
            json.WriteString("message", refused.Message);
            json.WriteString("request_id", context.TraceIdentifier);
        });

    public static void WriteUser(Utf8JsonWriter json, User user, IReadOnlyList<AccessKey> keys)
    {
        json.WriteString("name", user.Name);
        json.WriteString("canonical_id", user.CanonicalId);
        json.WriteString("arn", user.Arn);
        json.WriteString("display_name", user.DisplayName);
        json.WriteString("email", user.Email);
        json.WriteBoolean("root", user.IsRoot);
        json.WriteBoolean("active", user.IsActive);
        json.WriteString("created", Time(user.Created));
        json.WriteStartArray("access_keys");
        foreach (var key in keys.Where(key => !key.IsTemporary)) json.WriteStringValue(key.Id);
        json.WriteEndArray();
        json.WriteStartArray("policies");
        foreach (var name in user.Policies.Keys) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteStartObject("quota");
        WriteQuota(json, user.Quota);
        json.WriteEndObject();
    }

    public static void WriteQuota(Utf8JsonWriter json, Quota quota)
    {
        if (quota.MaxBytes is { } bytes) json.WriteNumber("max_bytes", bytes);
        else json.WriteNull("max_bytes");
        if (quota.MaxObjects is { } objects) json.WriteNumber("max_objects", objects);
        else json.WriteNull("max_objects");
        if (quota.MaxRequestsPerSecond is { } requests) json.WriteNumber("max_requests_per_second", requests);
        else json.WriteNull("max_requests_per_second");
    }

    /// <param name="withSecret">Only when it was made just now: it is shown once.</param>
    public static void WriteKey(Utf8JsonWriter json, AccessKey key, DateTimeOffset? lastUsed, bool withSecret)
    {
        json.WriteString("access_key", key.Id);
        if (withSecret) json.WriteString("secret_key", key.Secret);
        if (withSecret && key.SessionToken is { } token) json.WriteString("session_token", token);
        json.WriteString("user", key.User);
        json.WriteBoolean("active", key.IsActive);
        json.WriteBoolean("temporary", key.IsTemporary);
        json.WriteString("created", Time(key.Created));
        if (key.Expires is { } expires) json.WriteString("expires", Time(expires));
        if (lastUsed is { } used) json.WriteString("last_used", Time(used));
        else json.WriteNull("last_used");
    }

    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
