using Ciaos.Storage.Disks;

namespace Ciaos.Actors;

/// <summary>
/// Where a SQLite database is said to lie: a path, or a URI that begins with <c>file:</c>
/// (https://sqlite.org/uri.html), which can name the file system (VFS) that the path is one of.
/// </summary>
internal static class SqliteLocation
{
    private const string Scheme = "file:";
    private const string VfsQuery = "?vfs=";

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
        return Uri.UnescapeDataString(location[Scheme.Length..(query < 0 ? location.Length : query)]);
    }

    /// <summary>
    /// Makes all of a database durable that can be read, before anything is read: what a process that died has written
    /// to the log may be in the system's memory alone. SQLite would take it for committed, and show what a power cut
    /// can still take, with all that is committed behind it. Nobody may have the database open for writing.
    /// </summary>
    public static void MakeLogDurable(string location)
    {
        var (disk, path) = Find(location);
        if (!disk.Exists(path)) return;
        var log = path + "-wal";
        if (disk.Exists(log))
        {
            using var file = disk.Open(log, DiskAccess.ReadWrite);
            file.Rewrite(0, file.LengthBytes);
            file.Flush();
        }

        disk.SyncFolder(path[..Math.Max(0, path.LastIndexOf('/'))]);
    }

    /// <summary>The same database, for somebody who knows that nobody writes to it: SQLite then takes no lock, and
    /// makes no file beside it.</summary>
    public static string Immutable(string location)
    {
        const string parameter = "immutable=1";
        if (IsUri(location))
            return location + (location.Contains('?', StringComparison.Ordinal) ? "&" : "?") + parameter;
        var path = string.Join('/', Path.GetFullPath(location).Split('/').Select(Uri.EscapeDataString));
        return $"file:{path}?{parameter}";
    }

    /// <summary>Whether the database, or the file beside it of this ending, is there and not empty.</summary>
    public static bool HasBytes(string location, string ending = "")
    {
        var (disk, path) = Find(location);
        if (!disk.Exists(path + ending)) return false;
        using var file = disk.Open(path + ending, DiskAccess.Read);
        return file.LengthBytes > 0;
    }

    private static (IDisk Disk, string Path) Find(string location)
    {
        if (IsUri(location) && location.IndexOf(VfsQuery, StringComparison.Ordinal) is > 0 and var query)
            return (SqliteFileSystems.Find(location[(query + VfsQuery.Length)..]), FileOf(location));
        var path = Path.GetFullPath(FileOf(location));
        return (PhysicalDisk.WithoutLock(Path.GetDirectoryName(path)!), Path.GetFileName(path));
    }

    private static bool IsUri(string location) => location.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
}
