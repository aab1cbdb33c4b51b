using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ciaos.Actors.Identity;
using Ciaos.Specs.Http;
using Xunit;

namespace Ciaos.Specs.Identity;

/// <summary>The front end on a real socket over real identities, and objects in memory.</summary>
internal sealed class AdminNode : IAsyncDisposable
{
    private AdminNode(IdentityNode identity, MemoryNode front) => (Identity, Front) = (identity, front);

    public IdentityNode Identity { get; }

    public MemoryNode Front { get; }

    /// <summary>Root's key, as it is sent.</summary>
    public string Root => Text(Identity.KeptRoots[0]);

    public static async Task<AdminNode> StartAsync(string settings = "")
    {
        var identity = await IdentityNode.StartAsync();
        var front = await MemoryNode.StartAsync(settings, identity.Identity);
        front.Client.DefaultRequestHeaders.Clear();
        return new AdminNode(identity, front);
    }

    public static string Text(AccessKey key) =>
        key.SessionToken is null ? $"{key.Id}:{key.Secret}" : $"{key.Id}:{key.Secret}:{key.SessionToken}";

    /// <param name="credentials">Sent as they stand behind Bearer; null: none.</param>
    public async Task<HttpResponseMessage> SendRawAsync(
        string method, string path, string? credentials, string? body = null, string? user = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (credentials is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credentials);
        if (user is not null) request.Headers.Add("User", user);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Front.Client.SendAsync(request);
    }

    public async Task<int> StatusAsync(
        string method, string path, string? credentials, string? body = null, string? user = null)
    {
        using var answer = await SendRawAsync(method, path, credentials, body, user);
        return (int)answer.StatusCode;
    }

    /// <summary>As root, where it has to be done.</summary>
    public async Task<JsonNode> DoAsync(string method, string path, string? body = null, string? credentials = null)
    {
        using var answer = await SendRawAsync(method, "/admin/v1/" + path, credentials ?? Root, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    /// <summary>A user with a key, and with a policy where one is given. Returns the key as it is sent.</summary>
    public async Task<string> AddUserAsync(string name, string? policy = null)
    {
        await DoAsync("POST", "users", $$"""{"name":"{{name}}"}""");
        if (policy is not null) await DoAsync("PUT", $"users/{name}/policies/own", policy);
        var key = await DoAsync("POST", $"users/{name}/keys", "{}");
        return $"{key["access_key"]}:{key["secret_key"]}";
    }

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        await Identity.DisposeAsync();
    }
}
