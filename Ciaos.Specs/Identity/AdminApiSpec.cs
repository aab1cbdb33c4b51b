using System.Text.Json.Nodes;
using Ciaos.Http.Admin;
using Ciaos.Specs.Identity.Policies;
using Xunit;

namespace Ciaos.Specs.Identity;

public sealed class AdminApiSpec : IAsyncLifetime
{
    private AdminNode _node = null!;

    public async Task InitializeAsync() => _node = await AdminNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_user_is_made_changed_and_deleted()
    {
        var made = await _node.DoAsync("POST", "users", """{"name":"ann","email":"ann@example.org"}""");
        Assert.Equal(("ann", "ann", true), ($"{made["name"]}", $"{made["display_name"]}", (bool)made["active"]!));
        await _node.DoAsync("PATCH", "users/ann", """{"display_name":"Ann","active":false}""");
        var ann = await _node.DoAsync("GET", "users/ann");
        Assert.Equal(("Ann", false), ($"{ann["display_name"]}", (bool)ann["active"]!));
        Assert.Equal("ann@example.org", $"{ann["email"]}");
        await _node.DoAsync("DELETE", "users/ann");
        Assert.Equal(404, await _node.StatusAsync("GET", "/admin/v1/users/ann", _node.Root));
    }

    [Fact]
    public async Task Users_are_listed_page_by_page()
    {
        foreach (var name in new[] { "a", "c", "b" }) await _node.DoAsync("POST", "users", $$"""{"name":"{{name}}"}""");
        var page = await _node.DoAsync("GET", "users?limit=2");
        Assert.Equal(["a", "b"], page["users"]!.AsArray().Select(user => $"{user!["name"]}"));
        Assert.Equal("b", $"{page["next"]}");
        var rest = await _node.DoAsync("GET", "users?after=b&limit=2");
        Assert.Equal(["c", "root"], rest["users"]!.AsArray().Select(user => $"{user!["name"]}"));
        Assert.Null(rest["next"]);
    }

    [Fact]
    public async Task A_secret_is_told_once_and_a_key_works_only_while_it_is_active()
    {
        var ann = await _node.AddUserAsync("ann", PolicyGen.Document(
            "\"Effect\":\"Allow\",\"Action\":\"admin:GetUser\",\"Resource\":\"arn:aws:iam:::user/${aws:username}\""));
        var id = ann[..ann.IndexOf(':')];
        Assert.Equal(200, await _node.StatusAsync("GET", "/admin/v1/users/ann", ann));
        var key = await _node.DoAsync("GET", "keys/" + id);
        Assert.Null(key["secret_key"]);
        Assert.NotNull(key["last_used"]);
        await _node.DoAsync("PATCH", "keys/" + id, """{"active":false}""");
        Assert.Equal(401, await _node.StatusAsync("GET", "/admin/v1/users/ann", ann));
        await _node.DoAsync("PATCH", "keys/" + id, """{"active":true}""");
        await _node.DoAsync("PATCH", "users/ann", """{"active":false}""");
        Assert.Equal(401, await _node.StatusAsync("GET", "/admin/v1/users/ann", ann));
        await _node.DoAsync("PATCH", "users/ann", """{"active":true}""");
        Assert.Equal(200, await _node.StatusAsync("GET", "/admin/v1/users/ann", ann));
        await _node.DoAsync("DELETE", "keys/" + id);
        Assert.Equal(401, await _node.StatusAsync("GET", "/admin/v1/users/ann", ann));
    }

    [Fact]
    public async Task Without_the_right_credentials_nobody_gets_in()
    {
        var (id, secret) = (_node.Identity.KeptRoots[0].Id, _node.Identity.KeptRoots[0].Secret);
        foreach (var wrong in new[]
        {
            null, "", id, id + ":", $"{id}:{secret}x", $"{id}:{secret[..^1]}", $"{id}:{secret}:",
            $"{id.ToLowerInvariant()}:{secret}", $"NOBODY:{secret}", $":{secret}", $"NOBODY:{new string('?', 40)}",
        })
        {
            using var answer = await _node.SendRawAsync("GET", "/admin/v1/users", wrong);
            Assert.Equal(401, (int)answer.StatusCode);
            Assert.StartsWith("Bearer", answer.Headers.WwwAuthenticate.ToString());
        }

        Assert.Equal(200, await _node.StatusAsync("GET", "/admin/v1/users", $"{id}:{secret}"));
    }

    [Fact]
    public async Task Whoever_is_not_root_may_do_what_policies_allow()
    {
        var ann = await _node.AddUserAsync("ann");
        foreach (var route in new AdminApi(_node.Identity.Identity, _node.Front.Readiness).Routes)
        {
            if (route.Action.Length == 0) continue;
            var path = route.Path.Replace("{user}", "root").Replace("{access_key}", _node.Identity.KeptRoots[0].Id)
                .Replace("{policy}", "own");
            var status = await _node.StatusAsync(route.Method, "/admin/v1/" + path, ann, "{}");
            Assert.Equal((route.Path, 403), (route.Path, status));
        }

        await _node.DoAsync("PUT", "users/ann/policies/admin", PolicyGen.Document(
            "\"Effect\":\"Allow\",\"Action\":\"admin:*\",\"Resource\":\"*\"",
            "\"Effect\":\"Deny\",\"Action\":\"admin:*\",\"Resource\":\"arn:aws:iam:::user/root\""));
        Assert.Equal(200, await _node.StatusAsync("GET", "/admin/v1/users", ann));
        Assert.Equal(201, await _node.StatusAsync("POST", "/admin/v1/users", ann, """{"name":"bob"}"""));
        Assert.Equal(403, await _node.StatusAsync("POST", "/admin/v1/users/root/keys", ann, "{}"));
        Assert.Equal(403, await _node.StatusAsync("DELETE", "/admin/v1/keys/" + _node.Identity.KeptRoots[0].Id, ann));
        Assert.Equal(403, await _node.StatusAsync("POST", "/admin/v1/users/%72oot/keys", ann, "{}"));
    }

    [Fact]
    public async Task Policies_come_back_to_the_letter_and_bad_ones_are_refused()
    {
        await _node.AddUserAsync("ann");
        var policy = PolicyGen.Document("\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"") + "\n";
        await _node.DoAsync("PUT", "users/ann/policies/own", policy);
        using var answer = await _node.SendRawAsync("GET", "/admin/v1/users/ann/policies/own", _node.Root);
        Assert.Equal(policy, await answer.Content.ReadAsStringAsync());
        Assert.Equal("own", $"{(await _node.DoAsync("GET", "users/ann/policies"))["policies"]![0]}");
        Assert.Equal(400, await _node.StatusAsync("PUT", "/admin/v1/users/ann/policies/own", _node.Root, "{}"));
        Assert.Equal(413, await _node.StatusAsync(
            "PUT", "/admin/v1/users/ann/policies/own", _node.Root, new string(' ', 100_000)));
        await _node.DoAsync("DELETE", "users/ann/policies/own");
        Assert.Equal(404, await _node.StatusAsync("GET", "/admin/v1/users/ann/policies/own", _node.Root));
    }

    [Fact]
    public async Task Quotas_are_set_and_taken_away()
    {
        await _node.AddUserAsync("ann");
        var set = """{"max_bytes":1000,"max_objects":null,"max_requests_per_second":2.5}""";
        Assert.Equal(set, (await _node.DoAsync("PUT", "users/ann/quota", set)).ToJsonString());
        Assert.Equal(set, (await _node.DoAsync("GET", "users/ann/quota")).ToJsonString());
        Assert.Equal(400, await _node.StatusAsync(
            "PUT", "/admin/v1/users/ann/quota", _node.Root, """{"max_bytes":-1}"""));
        await _node.DoAsync("DELETE", "users/ann/quota");
        Assert.Null((await _node.DoAsync("GET", "users/ann/quota"))["max_bytes"]);
    }

    [Fact]
    public async Task Temporary_credentials_have_their_users_rights_less_what_their_policy_keeps_back()
    {
        var made = await _node.DoAsync("POST", "sts/session", """
            {"duration_seconds":60,"policy":{"Statement":{"Effect":"Allow","Action":"admin:List*","Resource":"*"}}}
            """);
        var session = $"{made["access_key"]}:{made["secret_key"]}:{made["session_token"]}";
        Assert.Equal(200, await _node.StatusAsync("GET", "/admin/v1/users", session));
        Assert.Equal(403, await _node.StatusAsync("GET", "/admin/v1/users/root", session));
        Assert.Equal(403, await _node.StatusAsync("POST", "/admin/v1/sts/session", session, "{}"));
        Assert.Equal(401, await _node.StatusAsync(
            "GET", "/admin/v1/users", $"{made["access_key"]}:{made["secret_key"]}"));
        Assert.Equal(401, await _node.StatusAsync("GET", "/admin/v1/users", session + "x"));
        _node.Identity.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(401, await _node.StatusAsync("GET", "/admin/v1/users", session));
    }

    [Fact]
    public async Task Temporary_credentials_of_others_need_a_policy()
    {
        var ann = await _node.AddUserAsync("ann");
        Assert.Equal(201, await _node.StatusAsync("POST", "/admin/v1/sts/session", ann, "{}"));
        Assert.Equal(403, await _node.StatusAsync("POST", "/admin/v1/sts/session", ann, """{"user":"root"}"""));
        Assert.Equal(201, await _node.StatusAsync("POST", "/admin/v1/sts/session", _node.Root, """{"user":"ann"}"""));
    }

    [Fact]
    public async Task The_audit_log_is_read_page_by_page()
    {
        await _node.DoAsync("POST", "users", """{"name":"ann"}""");
        var first = await _node.DoAsync("GET", "audit?limit=3");
        Assert.Equal(3, (int)first["next"]!);
        var rest = await _node.DoAsync("GET", "audit?after=3");
        var entry = Assert.Single(rest["entries"]!.AsArray())!;
        Assert.Equal(("user-created", "ann", "root"), ($"{entry["action"]}", $"{entry["subject"]}", $"{entry["by"]}"));
        Assert.Equal(_node.Identity.KeptRoots[0].Id, $"{entry["by_key"]}");
        Assert.Null(rest["next"]);
    }

    [Theory]
    [InlineData("GET", "nothing", null, 404)]
    [InlineData("GET", "users/root/", null, 404)]
    [InlineData("PUT", "users", "{}", 405)]
    [InlineData("GET", "users?limit=0", null, 400)]
    [InlineData("GET", "users?oops=1", null, 400)]
    [InlineData("GET", "users/%ff", null, 400)]
    [InlineData("POST", "users", "", 400)]
    [InlineData("POST", "users", "{}", 400)]
    [InlineData("POST", "users", """{"name":null}""", 400)]
    [InlineData("POST", "users", """{"name":"a b"}""", 400)]
    [InlineData("POST", "users", """{"name":"x","oops":1}""", 400)]
    [InlineData("POST", "users", """{"name":"x","name":"y"}""", 400)]
    [InlineData("POST", "users", """{"name":"root"}""", 409)]
    [InlineData("POST", "users/nobody/keys", "{}", 404)]
    [InlineData("POST", "sts/session", """{"duration_seconds":0}""", 400)]
    [InlineData("POST", "sts/session", """{"policy":[]}""", 400)]
    [InlineData("DELETE", "users/root", null, 409)]
    public async Task What_cannot_be_done_is_refused_in_JSON(string method, string path, string? body, int status)
    {
        using var answer = await _node.SendRawAsync(method, "/admin/v1/" + path, _node.Root, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal((status, text), ((int)answer.StatusCode, text));
        Assert.NotEmpty($"{JsonNode.Parse(text)!["message"]}");
    }

    [Fact]
    public async Task The_OpenAPI_document_tells_of_all_routes_and_of_no_others()
    {
        using var answer = await _node.SendRawAsync("GET", "/admin/v1/openapi.json", null);
        var paths = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["paths"]!.AsObject();
        var told = paths.SelectMany(path => path.Value!.AsObject()
            .Where(item => item.Key != "parameters")
            .Select(item => $"{item.Key.ToUpperInvariant()} {path.Key[1..]} {ActionIn(item.Value!)}"));
        var routes = new AdminApi(_node.Identity.Identity, _node.Front.Readiness).Routes
            .Select(route => $"{route.Method} {route.Path} {route.Action}");
        Assert.Equal(routes.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
        Assert.Equal(200, await _node.StatusAsync("GET", "/admin/v1/", null));

        static string ActionIn(JsonNode operation)
        {
            const string Start = "Needs a policy that allows ";
            var text = $"{operation["description"]}";
            return text.StartsWith(Start, StringComparison.Ordinal) ? text[Start.Length..^1] : "";
        }
    }

    [Fact]
    public async Task While_the_node_is_not_ready_it_says_so()
    {
        _node.Front.Readiness.SetNotReady("The node is stopping");
        using var answer = await _node.SendRawAsync("GET", "/admin/v1/users", _node.Root);
        Assert.Equal(503, (int)answer.StatusCode);
        Assert.Contains("stopping", await answer.Content.ReadAsStringAsync());
    }
}
