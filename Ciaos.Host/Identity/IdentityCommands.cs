using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ciaos.Host.Identity;

/// <summary><c>ciaos user</c>, <c>key</c>, <c>policy</c> and <c>quota</c> (docs/identity.md).</summary>
internal static class IdentityCommands
{
    private const string ExitCodes =
        " of a running node. Exit code 0: done; 1: the node has refused it; 2: it could not be asked";

    public static IEnumerable<Command> Build() => [Users(), Keys(), Policies(), Quotas()];

    private static Command Users()
    {
        var name = Name("name");
        var display = CommandLine.Setting("--display-name", "Up to 256 characters (default: the name)");
        var email = CommandLine.Setting("--email", "Unlike anybody else's");
        var canonical = CommandLine.Setting("--canonical-id", "64 hexadecimal digits (default: random)");
        return new Command("user", "The users" + ExitCodes)
        {
            AdminOptions.Command(
                "add", "Make a user, without access keys", [name, display, email, canonical],
                (node, parsed) => node.SendAsync(HttpMethod.Post, $"users", new JsonObject
                {
                    ["name"] = parsed.GetValue(name),
                    ["display_name"] = parsed.GetValue(display),
                    ["email"] = parsed.GetValue(email),
                    ["canonical_id"] = parsed.GetValue(canonical),
                }.ToJsonString()),
                (user, _) => $"The user {user!["name"]} was made, with the canonical id {user["canonical_id"]}"),
            AdminOptions.Command(
                "list", "All users", [], (node, _) => ListUsersAsync(node), (answer, _) => IdentityText.Users(answer!)),
            AdminOptions.Command(
                "show", "One user", [name], (node, parsed) => node.GetAsync($"users/{parsed.GetValue(name)}"),
                (user, _) => IdentityText.User(user!)),
            AdminOptions.Command(
                "delete", "Delete a user with its keys and policies; its buckets stay", [name],
                (node, parsed) => node.SendAsync(HttpMethod.Delete, $"users/{parsed.GetValue(name)}"),
                (_, parsed) => $"The user {parsed.GetValue(name)} was deleted"),
            Switch("enable", "Let a disabled user in again", "users/{0}", name, true, "The user {0} is enabled"),
            Switch("disable", "Let a user in no more", "users/{0}", name, false, "The user {0} is disabled"),
        };
    }

    private static Command Keys()
    {
        var user = Name("user");
        var id = new Argument<string>("access-key") { Description = "The access key's id" };
        var chosenId = CommandLine.Setting("--access-key", "The new key's id (default: random)");
        var chosenSecret = CommandLine.Setting("--secret-key", "The new key's secret (default: random)");
        return new Command("key", "The access keys" + ExitCodes)
        {
            AdminOptions.Command(
                "create", "Make an access key; its secret is shown this once", [user, chosenId, chosenSecret],
                (node, parsed) => node.SendAsync(
                    HttpMethod.Post, $"users/{parsed.GetValue(user)}/keys", new JsonObject
                    {
                        ["access_key"] = parsed.GetValue(chosenId),
                        ["secret_key"] = parsed.GetValue(chosenSecret),
                    }.ToJsonString()),
                (key, _) => $"access key: {key!["access_key"]}\nsecret key: {key["secret_key"]}",
                makesKey: true),
            AdminOptions.Command(
                "list", "A user's access keys", [user],
                (node, parsed) => node.GetAsync($"users/{parsed.GetValue(user)}/keys"),
                (answer, _) => IdentityText.Keys(answer!)),
            Switch("activate", "Take a key again", "keys/{0}", id, true, "The access key {0} is active"),
            Switch("deactivate", "Take a key no more", "keys/{0}", id, false, "The access key {0} is not active"),
            AdminOptions.Command(
                "delete", "Delete an access key", [id],
                (node, parsed) => node.SendAsync(HttpMethod.Delete, $"keys/{parsed.GetValue(id)}"),
                (_, parsed) => $"The access key {parsed.GetValue(id)} was deleted"),
        };
    }

    private static Command Policies()
    {
        var user = Name("user");
        var name = new Argument<string>("policy") { Description = "The policy's name" };
        var file = new Argument<string>("file")
        {
            Description = "A file with the policy's JSON; - reads it from standard input",
        };
        return new Command("policy", "The policies of the users" + ExitCodes)
        {
            AdminOptions.Command(
                "put", "Add or replace a policy of a user", [user, name, file],
                async (node, parsed) => await node.SendAsync(
                    HttpMethod.Put, $"users/{parsed.GetValue(user)}/policies/{parsed.GetValue(name)}",
                    await ReadAsync(parsed.GetValue(file)!)),
                (_, parsed) => $"The user {parsed.GetValue(user)} has the policy {parsed.GetValue(name)}"),
            AdminOptions.Command(
                "get", "A policy as it was put", [user, name],
                (node, parsed) =>
                    node.GetAsync($"users/{parsed.GetValue(user)}/policies/{parsed.GetValue(name)}"),
                (policy, _) => policy!.ToJsonString(IdentityText.Indented)),
            AdminOptions.Command(
                "list", "The names of a user's policies", [user],
                (node, parsed) => node.GetAsync($"users/{parsed.GetValue(user)}/policies"),
                (answer, _) => string.Join('\n', answer!["policies"]!.AsArray().Select(policy => $"{policy}"))),
            AdminOptions.Command(
                "delete", "Delete a policy of a user", [user, name],
                (node, parsed) => node.SendAsync(
                    HttpMethod.Delete, $"users/{parsed.GetValue(user)}/policies/{parsed.GetValue(name)}"),
                (_, parsed) => $"The policy {parsed.GetValue(name)} of {parsed.GetValue(user)} was deleted"),
        };
    }

    private static Command Quotas()
    {
        var user = Name("user");
        var bytes = CommandLine.Setting("--max-bytes", "Of all its buckets, such as 500MiB or 2TiB");
        var objects = new Option<long?>("--max-objects") { Description = "In all its buckets" };
        var requests = new Option<double?>("--max-requests") { Description = "A second" };
        return new Command("quota", "What users may use," + ExitCodes)
        {
            AdminOptions.Command(
                "set", "Set what is given, and leave the rest of the quota as it is", [user, bytes, objects, requests],
                async (node, parsed) =>
                {
                    var quota = JsonNode.Parse(await node.GetAsync($"users/{parsed.GetValue(user)}/quota"))!;
                    if (parsed.GetValue(bytes) is { } size) quota["max_bytes"] = SizeOf(size);
                    if (parsed.GetValue(objects) is { } count) quota["max_objects"] = count;
                    if (parsed.GetValue(requests) is { } rate) quota["max_requests_per_second"] = rate;
                    return await node.SendAsync(
                        HttpMethod.Put, $"users/{parsed.GetValue(user)}/quota", quota.ToJsonString());
                },
                (quota, _) => IdentityText.Quota(quota!)),
            AdminOptions.Command(
                "show", "A user's quota", [user],
                (node, parsed) => node.GetAsync($"users/{parsed.GetValue(user)}/quota"),
                (quota, _) => IdentityText.Quota(quota!)),
            AdminOptions.Command(
                "clear", "Take a user's quota away", [user],
                (node, parsed) => node.SendAsync(HttpMethod.Delete, $"users/{parsed.GetValue(user)}/quota"),
                (_, parsed) => $"The user {parsed.GetValue(user)} has no quota"),
        };
    }

    private static Argument<string> Name(string name) => new(name) { Description = "The user's name" };

    private static Command Switch(
        string name, string description, string path, Argument<string> subject, bool isActive, string done) =>
        AdminOptions.Command(
            name, description, [subject],
            (node, parsed) => node.SendAsync(
                HttpMethod.Patch,
                System.Runtime.CompilerServices.FormattableStringFactory.Create(path, parsed.GetValue(subject)),
                new JsonObject { ["active"] = isActive }.ToJsonString()),
            (_, parsed) => string.Format(CultureInfo.InvariantCulture, done, parsed.GetValue(subject)));

    // All pages as one.
    private static async Task<string> ListUsersAsync(AdminClient node)
    {
        var all = new JsonArray();
        for (var after = ""; ;)
        {
            var page = JsonNode.Parse(await node.GetAsync($"users?after={after}"))!;
            foreach (var user in page["users"]!.AsArray()) all.Add(user!.DeepClone());
            if (page["next"] is not { } next) return new JsonObject { ["users"] = all }.ToJsonString();
            after = $"{next}";
        }
    }

    private static async Task<string> ReadAsync(string file) =>
        file == "-" ? await Console.In.ReadToEndAsync() : await File.ReadAllTextAsync(file);

    private static long SizeOf(string text)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var unit = Array.IndexOf(units, text.Length == digits ? "B" : text[digits..]);
        return digits > 0 && unit >= 0
            && long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= long.MaxValue >> (10 * unit)
            ? number << (10 * unit)
            : throw new AdminCommandException($"{text} is no size such as 500MiB");
    }
}
