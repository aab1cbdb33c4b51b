using System.Collections.Concurrent;
using Ciaos.Storage.Disks;

namespace Ciaos.Actors;

/// <summary>The disks behind the file systems (VFS) that SQLite was given besides the system's own.</summary>
public static class SqliteFileSystems
{
    private static readonly ConcurrentDictionary<string, IDisk> Disks = new(StringComparer.Ordinal);

    /// <param name="name">As <c>vfs=</c> in a database's URI names it.</param>
    public static void Add(string name, IDisk disk) => Disks[name] = disk;

    public static void Remove(string name) => Disks.TryRemove(name, out _);

    internal static IDisk Find(string name) =>
        Disks.TryGetValue(name, out var disk) ? disk : throw new IOException($"SQLite has no file system {name}");
}
