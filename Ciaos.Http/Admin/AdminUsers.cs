using Ciaos.Actors.Identity;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Identity.IdentityProtocol;

namespace Ciaos.Http.Admin;

/// <summary>Users and their quotas.</summary>
internal sealed class AdminUsers(IdentitySystem identity)
{
    private const int MaxLimit = 1000;

    public IEnumerable<AdminRoute> Routes =>
    [
        new("GET", "users", "admin:ListUsers", ListAsync),
        new("POST", "users", "admin:CreateUser", CreateAsync),
        new("GET", "users/{user}", "admin:GetUser", GetAsync),
        new("PATCH", "users/{user}", "admin:UpdateUser", ChangeAsync),
        new("DELETE", "users/{user}", "admin:DeleteUser", DeleteAsync),
        new("GET", "users/{user}/quota", "admin:GetQuota", GetQuotaAsync),
        new("PUT", "users/{user}/quota", "admin:PutQuota", SetQuotaAsync),
        new("DELETE", "users/{user}/quota", "admin:DeleteQuota", ClearQuotaAsync),
    ];

    /// <exception cref="AdminException">There is none.</exception>
    public User Find(string name) => identity.Directory.FindUser(name)
        ?? throw AdminException.Of(new Refused(RefuseReason.NoSuchUser, $"There is no user {name}"));

    /// <exception cref="AdminException">The command was refused.</exception>
    public async Task<T> DoAsync<T>(ICommand command)
        where T : IReply => await identity.SendAsync(command, CancellationToken.None) switch
        {
            T done => done,
            Refused refused => throw AdminException.Of(refused),
            var other => throw new InvalidOperationException($"{command.GetType()} was answered by {other.GetType()}"),
        };

    public Task SendAsync(AdminRequest request, int status, User user) => AdminJson.SendAsync(
        request.Context, status, json => AdminJson.WriteUser(json, user, identity.Directory.KeysOf(user.Name)));

    private Task ListAsync(AdminRequest request)
    {
        var after = request.Query.GetValueOrDefault("after", "");
        var limit = (int)request.Number("limit", MaxLimit, 1, MaxLimit);
        var page = identity.Directory.Users()
            .SkipWhile(user => string.CompareOrdinal(user.Name, after) <= 0).Take(limit + 1).ToList();
        return AdminJson.SendAsync(request.Context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray("users");
            foreach (var user in page.Take(limit))
            {
                json.WriteStartObject();
                AdminJson.WriteUser(json, user, identity.Directory.KeysOf(user.Name));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("next", page.Count > limit ? page[limit - 1].Name : null);
        });
    }

    private async Task CreateAsync(AdminRequest request)
    {
        var body = await request.ReadAsync<NewUser>();
        var done = await DoAsync<UserStored>(
            new CreateUser(request.By, body.Name, body.DisplayName, body.Email, body.CanonicalId));
        await SendAsync(request, StatusCodes.Status201Created, done.User);
    }

    private Task GetAsync(AdminRequest request) =>
        SendAsync(request, StatusCodes.Status200OK, Find(request.Names[0]));

    private async Task ChangeAsync(AdminRequest request)
    {
        var body = await request.ReadAsync<UserChange>();
        var done = await DoAsync<UserStored>(
            new ChangeUser(request.By, request.Names[0], body.DisplayName, body.Email, body.Active));
        await SendAsync(request, StatusCodes.Status200OK, done.User);
    }

    private async Task DeleteAsync(AdminRequest request)
    {
        await DoAsync<UserRemoved>(new DeleteUser(request.By, request.Names[0]));
        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Task GetQuotaAsync(AdminRequest request) => SendAsync(request, Find(request.Names[0]).Quota);

    private async Task SetQuotaAsync(AdminRequest request)
    {
        var body = await request.ReadAsync<QuotaBody>();
        var quota = new Quota(body.MaxBytes, body.MaxObjects, body.MaxRequestsPerSecond);
        var done = await DoAsync<UserStored>(new SetQuota(request.By, request.Names[0], quota));
        await SendAsync(request, done.User.Quota);
    }

    private async Task ClearQuotaAsync(AdminRequest request)
    {
        await DoAsync<UserStored>(new SetQuota(request.By, request.Names[0], Quota.None));
        request.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task SendAsync(AdminRequest request, Quota quota) => AdminJson.SendAsync(
        request.Context, StatusCodes.Status200OK, json => AdminJson.WriteQuota(json, quota));

    private sealed record NewUser(
        string Name, string? DisplayName = null, string? Email = null, string? CanonicalId = null);

    private sealed record UserChange(string? DisplayName = null, string? Email = null, bool? Active = null);

    private sealed record QuotaBody(
        long? MaxBytes = null, long? MaxObjects = null, double? MaxRequestsPerSecond = null);
}
