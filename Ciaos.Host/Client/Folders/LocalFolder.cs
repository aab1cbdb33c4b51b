namespace Ciaos.Host.Client.Folders;

/// <summary>A file below a folder.</summary>
/// <param name="Key">Its path below the folder, with slashes.</param>
/// <param name="Modified">When it was written last, after the clock of its machine.</param>
internal sealed record LocalFile(string Key, string Path, long SizeBytes, DateTimeOffset Modified);

/// <summary>
/// All files below a folder. Links to files count as the files that they lead to. What could not be read is told, and
/// makes <see cref="IsWhole"/> false: who removes what is not here must look at that first.
/// </summary>
/// <param name="isTarget">
/// It is written to: links to folders are passed over, since what is written or removed below it must not lie
/// elsewhere, and what a killed process was writing is removed. Otherwise links to folders are followed, but not into
/// one that they lie in themselves.
/// </param>
internal sealed class LocalFolder(string root, bool isTarget, Action<string> tell)
{
    public bool IsWhole { get; private set; } = true;

    public IEnumerable<LocalFile> Scan()
    {
        var waiting = new Stack<Folder>();
        waiting.Push(new Folder(root, "", TrueNameOf(new DirectoryInfo(root), ""), null));
        while (waiting.TryPop(out var folder))
        {
            foreach (var found in EntriesOf(folder.Path))
            {
                if (PartFile.IsName(found.Name))
                {
                    if (isTarget) TryRemoveLeftover(found.FullName);
                    continue;
                }

                if (FolderOf(found, folder) is { } below) waiting.Push(below);
                else if (FileOf(found, folder.Key + found.Name) is { } file) yield return file;
            }
        }
    }

    private static string TrueNameOf(FileSystemInfo found, string parent) =>
        found.LinkTarget is null
            ? Path.Combine(parent.Length == 0 ? Path.GetDirectoryName(found.FullName) ?? "" : parent, found.Name)
            : found.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? found.FullName;

    private FileSystemInfo[] EntriesOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Miss($"{folder} cannot be read: {failure.Message}");
            return [];
        }
    }

    /// <summary>Null: it is none that is to be entered.</summary>
    private Folder? FolderOf(FileSystemInfo found, Folder parent)
    {
        if (found is not DirectoryInfo || (found.LinkTarget is not null && isTarget)) return null;
        var below = new Folder(
            found.FullName, parent.Key + found.Name + "/", TrueNameOf(found, parent.TrueName), parent);
        if (!below.IsInside(below.TrueName)) return below;
        Miss($"{found.FullName} is left out: it leads to a folder that it lies in");
        return null;
    }

    private LocalFile? FileOf(FileSystemInfo found, string key)
    {
        if (found is DirectoryInfo) return null;
        try
        {
            var target = found.LinkTarget is null ? found : found.ResolveLinkTarget(returnFinalTarget: true);
            if (target is FileInfo { Exists: true } file)
                return new LocalFile(key, found.FullName, file.Length, file.LastWriteTimeUtc);
            Miss($"{found.FullName} is left out: it is a link that leads nowhere");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Miss($"{found.FullName} is left out: {failure.Message}");
        }

        return null;
    }

    private static void TryRemoveLeftover(string path)
    {
        try
        {
            PartFile.RemoveLeftover(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is in nobody's way: no key has such a name.
        }
    }

    private void Miss(string message)
    {
        IsWhole = false;
        tell(message);
    }

    /// <param name="Key">Empty, or with a slash at its end.</param>
    /// <param name="TrueName">Where it lies, links on the way followed.</param>
    private sealed record Folder(string Path, string Key, string TrueName, Folder? Parent)
    {
        public bool IsInside(string trueName)
        {
            for (var folder = Parent; folder is not null; folder = folder.Parent)
                if (folder.TrueName == trueName) return true;
            return false;
        }
    }
}
