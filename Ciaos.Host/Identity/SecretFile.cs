using Ciaos.Storage.Disks;

namespace Ciaos.Host.Identity;

/// <summary>A small file that only the node's own user may read.</summary>
internal static class SecretFile
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes it, durably, in place of one that is there: it is never there in part.</summary>
    public static void Write(IDisk disk, string name, string text)
    {
        var path = Path.Combine(disk.Root, name);
        var draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = Mine;
        using (var file = new FileStream(draft, options))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
        disk.SyncFolder("");
    }

    /// <summary>Whether somebody else than its owner may read or write it.</summary>
    public static bool IsOpenToOthers(string path) =>
        !OperatingSystem.IsWindows()
        && (File.GetUnixFileMode(path) & ~(Mine | UnixFileMode.UserExecute)) != UnixFileMode.None;
}
