using Akka.Configuration;
using Ciaos.Actors;

namespace Ciaos.Host.Settings;

/// <summary>
/// The node's configuration out of its layers. From the weakest to the strongest: the reference (every setting's
/// default), what follows from ciaos.data and ciaos.durability, the node's own defaults (node.conf), a file given with
/// <c>--config</c>, the environment, the command line.
/// </summary>
public static class NodeConfig
{
    /// <summary>Only these may be set by a user: a misspelt key must not be passed over in silence.</summary>
    private const string CheckedRoot = "ciaos.";

    /// <param name="file">A HOCON file, or null.</param>
    /// <param name="environment">All environment variables.</param>
    /// <param name="assignments">Such as <c>ciaos.http.port=9720</c>, from the command line; later ones win.</param>
    /// <exception cref="SettingsException">A key is unknown or a layer cannot be read.</exception>
    public static Config Load(
        string? file, IEnumerable<KeyValuePair<string, string>> environment, IEnumerable<string> assignments)
    {
        var user = FromAssignments(assignments)
            .WithFallback(FromEnvironment(environment))
            .WithFallback(file is null ? ConfigurationFactory.Empty : FromFile(file));
        var reference = ReferenceConfig.Load();
        RefuseUnknownKeys(user, reference);
        var chosen = user.WithFallback(ConfigurationFactory.FromResource("node.conf", typeof(NodeConfig).Assembly));
        var derived = NodeSettings.From(chosen.WithFallback(reference)).Derive();
        return chosen.WithFallback(derived).WithFallback(reference);
    }

    private static Config FromFile(string file)
    {
        try
        {
            return ConfigurationFactory.ParseString(File.ReadAllText(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or ConfigurationException or FormatException)
        {
            throw new SettingsException("--config", file, "a readable HOCON file: " + error.Message);
        }
    }

    /// <summary><c>CIAOS__HTTP__MAX_CONNECTIONS</c> sets <c>ciaos.http.max-connections</c>; likewise
    /// <c>AKKA__…</c>.</summary>
    private static Config FromEnvironment(IEnumerable<KeyValuePair<string, string>> environment) =>
        environment
            .Where(variable => variable.Key.StartsWith("CIAOS__", StringComparison.Ordinal)
                || variable.Key.StartsWith("AKKA__", StringComparison.Ordinal))
            .OrderBy(variable => variable.Key, StringComparer.Ordinal)
            .Select(variable => Assign(PathOf(variable.Key), variable.Value))
            .Aggregate(ConfigurationFactory.Empty, (all, one) => one.WithFallback(all));

    private static string PathOf(string variable) =>
        variable.Replace("__", ".", StringComparison.Ordinal).Replace('_', '-').ToLowerInvariant();

    private static Config FromAssignments(IEnumerable<string> assignments) =>
        assignments.Select(ParseAssignment).Aggregate(ConfigurationFactory.Empty, (all, one) => one.WithFallback(all));

    private static Config ParseAssignment(string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? Assign(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim())
            : throw new SettingsException("--set", assignment, "key=value, such as ciaos.http.port=9720");
    }

    /// <summary>Values are taken as they stand, never as HOCON, but for lists in square brackets.</summary>
    private static Config Assign(string path, string value)
    {
        var isKey = path.Split('.').All(element =>
            element.Length > 0 && element.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
        if (!isKey)
            throw new SettingsException(path, value, "a key of letters, digits, '-' and '.'");
        var isList = value.StartsWith('[') && value.EndsWith(']');
        try
        {
            return ConfigurationFactory.ParseString($"{path} = {(isList ? value : Quote(value))}");
        }
        catch (Exception error) when (error is ConfigurationException or FormatException)
        {
            throw new SettingsException(path, value, "a text, or a list in square brackets: " + error.Message);
        }
    }

    private static string Quote(string value)
    {
        var escaped = value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{escaped}\"";
    }

    private static void RefuseUnknownKeys(Config user, Config reference)
    {
        foreach (var (path, value) in KeyPaths.Of(user))
        {
            if (!path.StartsWith(CheckedRoot, StringComparison.Ordinal) || reference.HasPath(path)) continue;
            var known = KeyPaths.Of(reference).Select(pair => pair.Path).MinBy(candidate => Distance(path, candidate));
            throw new SettingsException(path, value, $"a key of hocon/reference.conf; did you mean {known}?");
        }
    }

    /// <summary>Levenshtein's edit distance.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
