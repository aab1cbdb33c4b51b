using Ciaos.Actors.Identity;
using Ciaos.Storage.Disks;

namespace Ciaos.Host.Identity;

/// <summary>The file in which a node leaves root's first access key, for its owner and for <c>ciaos</c>'s own
/// commands.</summary>
internal static class RootCredentials
{
    public const string FileName = "root-credentials";

    private const string IdName = "access_key";
    private const string SecretName = "secret_key";

    public static void Write(IDisk disk, AccessKey key) => SecretFile.Write(
        disk, FileName,
        $"""
        # The first access key of the user root. The node does not read this file; "ciaos user", "ciaos key",
        # "ciaos policy" and "ciaos quota" do. Keep it safe, or delete it when you have the key elsewhere.
        {IdName} = {key.Id}
        {SecretName} = {key.Secret}

        """);

    /// <summary>Id and secret; null where there is no such file, or not these lines in it.</summary>
    public static (string Id, string Secret)? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        var values = File.ReadLines(path)
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2 && !pair[0].StartsWith('#'))
            .ToLookup(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        return values[IdName].FirstOrDefault() is { } id && values[SecretName].FirstOrDefault() is { } secret
            ? (id, secret)
            : null;
    }
}
