using System.Text.Json;
using Ciaos.Actors.Identity;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Http.Admin;

/// <summary>Temporary credentials, and the audit log.</summary>
internal sealed class AdminSessions(IdentitySystem identity, AdminUsers users, Authentication authentication)
{
    private const long DefaultSeconds = 3600;
    private const int MaxLimit = 1000;
    private const int DefaultLimit = 100;

    public IEnumerable<AdminRoute> Routes =>
    [
        new("POST", "sts/session", "", CreateAsync),
        new("GET", "audit", "admin:ReadAudit", request => ReadAuditAsync(request, ofBuckets: false)),
        new("GET", "audit/buckets", "admin:ReadAudit", request => ReadAuditAsync(request, ofBuckets: true)),
    ];

    private async Task CreateAsync(AdminRequest request)
    {
        var body = await request.ReadAsync<NewSession>();
        var user = body.User ?? request.Caller.User.Name;
        Authorize(request, user);
        var seconds = body.DurationSeconds ?? DefaultSeconds;
        if (seconds is < 1 or > int.MaxValue)
            throw AdminException.Invalid("Temporary credentials live from 1 second on");
        var done = await users.DoAsync<KeyStored>(
            new CreateSession(request.By, user, TimeSpan.FromSeconds(seconds), PolicyOf(body.Policy)));
        await AdminJson.SendAsync(
            request.Context, StatusCodes.Status201Created,
            json => AdminJson.WriteKey(json, done.Key, null, withSecret: true));
    }

    // Whoever has a lasting key may make temporary ones of the same user. With a temporary one nobody may: it could
    // have more rights, and a longer life, than that one.
    private void Authorize(AdminRequest request, string user)
    {
        var caller = request.Caller;
        var isOwn = user == caller.User.Name;
        var mayDo = !caller.Key.IsTemporary && authentication.IsAllowed(
            request.Context, caller, isOwn ? "sts:GetSessionToken" : "admin:CreateSession",
            $"arn:aws:iam:::user/{user}", isOwner: isOwn);
        if (!mayDo)
            throw new AdminException(
                StatusCodes.Status403Forbidden, "AccessDenied",
                caller.Key.IsTemporary
                    ? "Temporary credentials cannot make others"
                    : $"The user {caller.User.Name} may not make temporary credentials of {user}");
    }

    private static string? PolicyOf(JsonElement? policy) => policy switch
    {
        null or { ValueKind: JsonValueKind.Null } => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Object } document => document.GetRawText(),
        _ => throw AdminException.Invalid("A policy is a JSON object, or one in a text"),
    };

    private async Task ReadAuditAsync(AdminRequest request, bool ofBuckets)
    {
        var after = request.Number("after", 0, 0, long.MaxValue);
        var limit = (int)request.Number("limit", DefaultLimit, 1, MaxLimit);
        var reply = await identity.ReadAuditAsync(after, limit, ofBuckets, request.Aborted);
        var page = reply as AuditRead ?? throw AdminException.Of((Refused)reply);
        await AdminJson.SendAsync(request.Context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray("entries");
            foreach (var entry in page.Entries) Write(json, entry);
            json.WriteEndArray();
            var last = page.Entries.Length > 0 ? page.Entries[^1].Number : page.Last;
            if (last < page.Last) json.WriteNumber("next", last);
            else json.WriteNull("next");
        });
    }

    private static void Write(Utf8JsonWriter json, AuditEntry entry)
    {
        json.WriteStartObject();
        json.WriteNumber("number", entry.Number);
        json.WriteString("at", AdminJson.Time(entry.At));
        json.WriteString("by", entry.By.User);
        json.WriteString("by_key", entry.By.KeyId);
        json.WriteString("from", entry.By.Address);
        json.WriteString("action", entry.Action);
        json.WriteString("subject", entry.Subject);
        json.WriteStartObject("detail");
        foreach (var (name, value) in entry.Detail) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private sealed record NewSession(long? DurationSeconds = null, string? User = null, JsonElement? Policy = null);
}
