using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace Ciaos.Host.Client.Folders;

/// <summary>
/// A file that is being written, beside the one that it becomes by a rename once it is whole: who looks at the name
/// finds the old content or the new, never a part. The name tells which process writes it, so that what a killed one
/// has left is found and removed.
/// </summary>
internal sealed class PartFile : IAsyncDisposable
{
    private const string Mark = ".ciaos-part.";
    private const int BufferBytes = 128 * 1024;

    private static int _count;

    private readonly string _target;
    private readonly string _path;
    private bool _isCommitted;

    /// <summary>Makes the folder too, where there is none.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public PartFile(string target)
    {
        // Through a link the file that it leads to is replaced, and the link stays.
        _target = new FileInfo(target) is { LinkTarget: not null } link
            ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
            : Path.GetFullPath(target);
        var folder = Path.GetDirectoryName(_target)!;
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, Mine + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture));
        Stream = new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);
    }

    public FileStream Stream { get; }

    private static string Mine => string.Create(
        CultureInfo.InvariantCulture, $"{Mark}{Environment.MachineName}.{Environment.ProcessId}.");

    public static bool IsName(string name) => name.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>The file is whole: from now on it has its name.</summary>
    /// <param name="modified">The time that it shall bear; null: now.</param>
    public async Task CommitAsync(DateTimeOffset? modified = null)
    {
        await Stream.DisposeAsync();
        if (!OperatingSystem.IsWindows()) TakeMode();
        if (modified is { } time) File.SetLastWriteTimeUtc(_path, time.UtcDateTime);
        File.Move(_path, _target, overwrite: true);
        _isCommitted = true;
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        if (!_isCommitted) File.Delete(_path);
    }

    /// <summary>Removes a file that a process of this machine was writing and that no longer runs.</summary>
    public static void RemoveLeftover(string path)
    {
        var name = Path.GetFileName(path);
        var mine = $"{Mark}{Environment.MachineName}.";
        if (!name.StartsWith(mine, StringComparison.Ordinal)) return;
        var id = name[mine.Length..].Split('.')[0];
        if (int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && !IsRunning(process))
            File.Delete(path);
    }

    /// <summary>What may be executed stays so, and what is private stays private.</summary>
    [UnsupportedOSPlatform("windows")]
    private void TakeMode()
    {
        if (File.Exists(_target)) File.SetUnixFileMode(_path, File.GetUnixFileMode(_target));
    }

    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
