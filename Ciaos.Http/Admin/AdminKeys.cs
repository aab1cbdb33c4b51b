using Ciaos.Actors.Identity;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Http.Admin;

/// <summary>Access keys and policies of users.</summary>
internal sealed class AdminKeys(IdentitySystem identity, AdminUsers users)
{
    public IEnumerable<AdminRoute> Routes =>
    [
        new("GET", "users/{user}/keys", "admin:ListKeys", ListAsync),
        new("POST", "users/{user}/keys", "admin:CreateKey", CreateAsync),
        new("GET", "keys/{access_key}", "admin:GetKey", GetAsync),
        new("PATCH", "keys/{access_key}", "admin:UpdateKey", ChangeAsync),
        new("DELETE", "keys/{access_key}", "admin:DeleteKey", DeleteAsync),
        new("GET", "users/{user}/policies", "admin:ListPolicies", ListPoliciesAsync),
        new("GET", "users/{user}/policies/{policy}", "admin:GetPolicy", GetPolicyAsync),
        new("PUT", "users/{user}/policies/{policy}", "admin:PutPolicy", PutPolicyAsync),
        new("DELETE", "users/{user}/policies/{policy}", "admin:DeletePolicy", DeletePolicyAsync),
    ];

    private Task ListAsync(AdminRequest request)
    {
        var keys = identity.Directory.KeysOf(users.Find(request.Names[0]).Name);
        return AdminJson.SendAsync(request.Context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray("keys");
            foreach (var key in keys)
            {
                json.WriteStartObject();
                AdminJson.WriteKey(json, key, identity.Directory.LastUsed(key.Id), withSecret: false);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private async Task CreateAsync(AdminRequest request)
    {
        var body = await request.ReadAsync<NewKey>();
        var done = await users.DoAsync<KeyStored>(
            new CreateKey(request.By, request.Names[0], body.AccessKey, body.SecretKey));
        await SendAsync(request, StatusCodes.Status201Created, done.Key, withSecret: true);
    }

    private Task GetAsync(AdminRequest request) => SendAsync(
        request, StatusCodes.Status200OK,
        identity.Directory.FindKey(request.Names[0]) ?? throw AdminException.Of(
            new Refused(RefuseReason.NoSuchKey, $"There is no access key {request.Names[0]}")));

    private async Task ChangeAsync(AdminRequest request)
    {
        var body = await request.ReadAsync<KeyChange>();
        var done = await users.DoAsync<KeyStored>(new ChangeKey(request.By, request.Names[0], body.Active));
        await SendAsync(request, StatusCodes.Status200OK, done.Key);
    }

    private async Task DeleteAsync(AdminRequest request)
    {
        await users.DoAsync<KeyRemoved>(new DeleteKey(request.By, request.Names[0]));
        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Task ListPoliciesAsync(AdminRequest request)
    {
        var user = users.Find(request.Names[0]);
        return AdminJson.SendAsync(request.Context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray("policies");
            foreach (var name in user.Policies.Keys) json.WriteStringValue(name);
            json.WriteEndArray();
        });
    }

    // As it was put, to the letter.
    private Task GetPolicyAsync(AdminRequest request)
    {
        var user = users.Find(request.Names[0]);
        if (!user.Policies.TryGetValue(request.Names[1], out var policy))
            throw AdminException.Of(new Refused(
                RefuseReason.NoSuchPolicy, $"The user {user.Name} has no policy {request.Names[1]}"));
        request.Context.Response.ContentType = "application/json";
        return request.Context.Response.WriteAsync(policy, request.Aborted);
    }

    private async Task PutPolicyAsync(AdminRequest request)
    {
        var policy = await request.ReadTextAsync();
        var done = await users.DoAsync<UserStored>(
            new PutPolicy(request.By, request.Names[0], request.Names[1], policy));
        await users.SendAsync(request, StatusCodes.Status200OK, done.User);
    }

    private async Task DeletePolicyAsync(AdminRequest request)
    {
        await users.DoAsync<UserStored>(new DeletePolicy(request.By, request.Names[0], request.Names[1]));
        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Task SendAsync(AdminRequest request, int status, AccessKey key, bool withSecret = false) =>
        AdminJson.SendAsync(
            request.Context, status,
            json => AdminJson.WriteKey(json, key, identity.Directory.LastUsed(key.Id), withSecret));

    private sealed record NewKey(string? AccessKey = null, string? SecretKey = null);

    private sealed record KeyChange(bool Active);
}
