using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Paths to settings: <c>akka.actor."/user/a.b".dispatcher</c> has four keys.</summary>
internal static class HoconPath
{
    public static List<string> Split(string path)
    {
        var keys = new List<string>();
        var key = new StringBuilder();
        var inQuotes = false;
        foreach (var c in path)
        {
            if (c == '"') inQuotes = !inQuotes;
            else if (c == '.' && !inQuotes) Finish(keys, key);
            else key.Append(c);
        }
        Finish(keys, key);
        return keys;
    }

    public static string Join(IEnumerable<string> keys) =>
        string.Join('.', keys.Select(k => k.Contains('.', StringComparison.Ordinal) ? $"\"{k}\"" : k));

    public static string Append(string path, string key)
    {
        if (key.Contains('.', StringComparison.Ordinal)) key = $"\"{key}\"";
        return path.Length == 0 ? key : $"{path}.{key}";
    }

    private static void Finish(List<string> keys, StringBuilder key)
    {
        if (key.Length > 0) keys.Add(key.ToString());
        key.Clear();
    }
}
