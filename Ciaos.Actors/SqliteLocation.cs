namespace Ciaos.Actors;

/// <summary>
/// Where a SQLite database is said to lie: a path, or a URI that begins with <c>file:</c>
/// (https://sqlite.org/uri.html), which can name the file system (VFS) that the path is one of.
/// </summary>
internal static class SqliteLocation
{
    /// <summary>The same place, whatever the working folder becomes.</summary>
    public static string Resolve(string location) => IsUri(location) ? location : Path.GetFullPath(location);

    /// <summary>Makes the folder of a path. What folders a URI needs, its file system knows.</summary>
    public static void CreateFolder(string location)
    {
        if (IsUri(location)) return;
        if (Path.GetDirectoryName(Path.GetFullPath(location)) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
    }

    /// <summary>A place beside it: the name has something more at its end.</summary>
    public static string Sibling(string location, string suffix)
    {
        var query = IsUri(location) ? location.IndexOf('?', StringComparison.Ordinal) : -1;
        return query < 0 ? location + suffix : location.Insert(query, suffix);
    }

    /// <summary>The path of its file: absolute, or for a URI what its file system calls it.</summary>
    public static string FileOf(string location)
    {
        if (!IsUri(location)) return Path.GetFullPath(location);
        var query = location.IndexOf('?', StringComparison.Ordinal);
        return Uri.UnescapeDataString(location[5..(query < 0 ? location.Length : query)]);
    }

    private static bool IsUri(string location) => location.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
}
