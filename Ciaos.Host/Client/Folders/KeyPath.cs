namespace Ciaos.Host.Client.Folders;

/// <summary>
/// Keys as paths below a folder, and back. A key may be any text; only those that name a place inside the folder
/// are ever written, so that no key of somebody else reaches a file that was not meant.
/// </summary>
internal static class KeyPath
{
    private static readonly char[] WindowsReserved = ['\\', ':', '*', '?', '"', '<', '>', '|'];

    /// <summary>Why this key is not to be a file below a folder; null: it may be.</summary>
    /// <param name="key">Behind the prefix that stands for the folder.</param>
    public static string? Refusal(string key)
    {
        if (key.Length == 0) return "it is the folder's own name";
        if (key[0] == '/') return "its name begins with a slash, as an absolute path does";
        if (key[^1] == '/') return "its name ends with a slash, as a folder's does";
        if (key.Contains('\0')) return "its name has a null character";
        if (OperatingSystem.IsWindows() && key.IndexOfAny(WindowsReserved) >= 0)
            return "its name has a character that is not allowed in names of files";
        foreach (var segment in key.Split('/'))
        {
            if (segment is "" or "." or "..") return $"its name has the segment \"{segment}\"";
            if (PartFile.IsName(segment)) return "its name is one of those that files have while they are written";
        }

        return null;
    }

    /// <summary>The file below <paramref name="folder"/> that a key stands for. Look at <see cref="Refusal"/> before.
    /// </summary>
    public static string Of(string folder, string key) =>
        Path.Combine(folder, key.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>
    /// A folder on the way to the file that is a link, and might lead out of <paramref name="folder"/>; null: none is.
    /// </summary>
    public static string? LinkOnTheWay(string folder, string key)
    {
        for (var slash = key.IndexOf('/'); slash >= 0; slash = key.IndexOf('/', slash + 1))
        {
            var on = Of(folder, key[..slash]);
            if (new DirectoryInfo(on) is { Exists: true, LinkTarget: not null }) return on;
        }

        return null;
    }

    /// <summary>What follows the last slash.</summary>
    public static string NameOf(string key) => key[(key.LastIndexOf('/') + 1)..];

    /// <summary>What the keys of a folder begin with: it ends with a slash, or is empty, which is all keys.</summary>
    public static string FolderPrefix(string folder) =>
        folder.Length == 0 || folder[^1] == '/' ? folder : folder + "/";
}
