using System.Text;
using Ciaos.Specs.Identity.Policies;
using Xunit;

namespace Ciaos.Specs.Identity;

public sealed class NativeAccessSpec : IAsyncLifetime
{
    private AdminNode _node = null!;

    public async Task InitializeAsync() => _node = await AdminNode.StartAsync("authentication = on");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_users_keys_need_its_access_key_on_every_route()
    {
        var ann = await _node.AddUserAsync("ann");
        Assert.Equal(201, await _node.StatusAsync("PUT", "/raw/key", ann, "value"));
        foreach (var (method, path) in new[]
        {
            ("GET", "/raw/key"), ("HEAD", "/raw/key"), ("PUT", "/raw/key"), ("DELETE", "/raw/key"), ("GET", "/get/key"),
            ("POST", "/put/key"), ("POST", "/append/key"), ("POST", "/update/key"), ("PUT", "/update_key/key/new"),
            ("DELETE", "/delete/key"), ("GET", "/stat/key"), ("GET", "/list"), ("GET", "/events"),
        })
        {
            Assert.Equal((path, 401), (path, await _node.StatusAsync(method, path, null, user: "ann")));
            Assert.Equal((path, 401), (path, await _node.StatusAsync(method, path, ann + "x", user: "ann")));
        }

        Assert.Equal(200, await _node.StatusAsync("GET", "/raw/key", ann));
        Assert.Equal(200, await _node.StatusAsync("GET", "/raw/key", ann, user: "ann"));
        Assert.Equal(200, await _node.StatusAsync("GET", "/health/ready", null));
    }

    [Fact]
    public async Task The_header_User_may_name_nobody_else()
    {
        var ann = await _node.AddUserAsync("ann");
        var bob = await _node.AddUserAsync("bob");
        Assert.Equal(201, await _node.StatusAsync("PUT", "/raw/key", ann, "value"));
        Assert.Equal(403, await _node.StatusAsync("GET", "/raw/key", bob, user: "ann"));
        Assert.Equal(403, await _node.StatusAsync("GET", "/raw/key", _node.Root, user: "ann"));
        Assert.Equal(404, await _node.StatusAsync("GET", "/raw/key", bob));
    }

    [Fact]
    public async Task The_key_may_come_in_a_header_of_its_own_or_with_the_address()
    {
        var ann = await _node.AddUserAsync("ann");
        Assert.Equal(200, await StatusAsync(("User-Access-Key", ann)));
        Assert.Equal(200, await StatusAsync(("Authorization", "bearer " + ann)));
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes(ann));
        Assert.Equal(200, await StatusAsync(("Authorization", "Basic " + basic), ("User", "ann")));
        Assert.Equal(401, await StatusAsync(("Authorization", "Basic !")));
        Assert.Equal(401, await StatusAsync(("Authorization", "Digest " + ann)));
        Assert.Equal(401, await StatusAsync(("User-Access-Key", ann), ("Authorization", "Bearer " + ann)));

        async Task<int> StatusAsync(params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/list");
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await _node.Front.Client.SendAsync(request);
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_policy_may_deny_users_what_is_their_own()
    {
        var ann = await _node.AddUserAsync("ann", PolicyGen.Document(
            "\"Effect\":\"Deny\",\"Action\":\"s3:DeleteObject\",\"Resource\":\"arn:aws:s3:::ann/locked/*\""));
        Assert.Equal(201, await _node.StatusAsync("PUT", "/raw/locked/key", ann, "value"));
        Assert.Equal(403, await _node.StatusAsync("DELETE", "/raw/locked/key", ann));
        Assert.Equal(403, await _node.StatusAsync("DELETE", "/raw/locked%2Fkey", ann));
        Assert.Equal(403, await _node.StatusAsync("DELETE", "/delete/locked/key", ann));
        Assert.Equal(403, await _node.StatusAsync("PUT", "/update_key/locked%2Fkey/free", ann));
        Assert.Equal(404, await _node.StatusAsync("DELETE", "/raw/free", ann));
    }

    [Fact]
    public async Task A_session_does_not_get_beyond_its_policy()
    {
        var ann = await _node.AddUserAsync("ann");
        var made = await _node.DoAsync("POST", "sts/session", """
            {"policy":{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::ann/*"}}}
            """, ann);
        var session = $"{made["access_key"]}:{made["secret_key"]}:{made["session_token"]}";
        Assert.Equal(201, await _node.StatusAsync("PUT", "/raw/key", ann, "value"));
        Assert.Equal(200, await _node.StatusAsync("GET", "/raw/key", session));
        Assert.Equal(403, await _node.StatusAsync("PUT", "/raw/key", session, "value"));
        Assert.Equal(403, await _node.StatusAsync("GET", "/list", session));
        Assert.Equal(403, await _node.StatusAsync("GET", "/events", session));
    }
}
