using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ciaos.Host.Identity;

/// <summary>The node's answers about identities, for people.</summary>
internal static class IdentityText
{
    public static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Users(JsonNode answer) => Table(
        ["NAME", "STATE", "KEYS", "POLICIES", "EMAIL", "CANONICAL ID"],
        answer["users"]!.AsArray().Select(user => new[]
        {
            $"{user!["name"]}", State(user), $"{user["access_keys"]!.AsArray().Count}",
            $"{user["policies"]!.AsArray().Count}", $"{user["email"]}", $"{user["canonical_id"]}",
        }));

    public static string Keys(JsonNode answer) => Table(
        ["ACCESS KEY", "STATE", "CREATED", "LAST USED", "EXPIRES"],
        answer["keys"]!.AsArray().Select(key => new[]
        {
            $"{key!["access_key"]}", State(key), $"{key["created"]}",
            key["last_used"] is { } used ? $"{used}" : "never", $"{key["expires"]}",
        }));

    public static string User(JsonNode user) => Lines(
        ("name", $"{user["name"]}{((bool)user["root"]! ? " (root)" : "")}"),
        ("display name", $"{user["display_name"]}"),
        ("e-mail", $"{user["email"]}"),
        ("canonical id", $"{user["canonical_id"]}"),
        ("state", State(user)),
        ("created", $"{user["created"]}"),
        ("access keys", string.Join(' ', user["access_keys"]!.AsArray())),
        ("policies", string.Join(' ', user["policies"]!.AsArray()))) + "\n" + Quota(user["quota"]!);

    public static string Quota(JsonNode quota) => Lines(
        ("max bytes", Limit(quota["max_bytes"])),
        ("max objects", Limit(quota["max_objects"])),
        ("max requests a second", Limit(quota["max_requests_per_second"])));

    private static string Limit(JsonNode? value) => value is null ? "no limit" : $"{value}";

    private static string State(JsonNode item) => (bool)item["active"]! ? "active" : "inactive";

    private static string Lines(params ReadOnlySpan<(string Name, string Value)> lines)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in lines) text.Append($"{name + ":",-23}{Plain(value)}").TrimEnd().Append('\n');
        return text.ToString().TrimEnd('\n');
    }

    private static StringBuilder TrimEnd(this StringBuilder text)
    {
        while (text.Length > 0 && text[^1] == ' ') text.Length--;
        return text;
    }

    private static string Table(string[] head, IEnumerable<string[]> rows)
    {
        List<string[]> all = [head, .. rows.Select(row => row.Select(Plain).ToArray())];
        var widths = head.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        return string.Join('\n', all.Select(row =>
            string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd()));
    }

    // What a name may hold must not reach the terminal as it is.
    private static string Plain(string text) =>
        string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
}
