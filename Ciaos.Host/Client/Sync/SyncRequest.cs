namespace Ciaos.Host.Client.Sync;

/// <summary>What is to be made like what.</summary>
/// <param name="Folder">The folder on this machine.</param>
/// <param name="Prefix">What the keys begin with: empty, or with a slash at its end.</param>
internal sealed record SyncRequest(
    bool IsUpload,
    string Folder,
    string Prefix,
    bool ByContent = false,
    bool Deletes = false,
    bool IsDryRun = false,
    bool IsVerbose = false,
    int Workers = Folders.ManyTransfers.DefaultWorkers)
{
    private const string RemoteMark = "ciaos:";

    /// <summary>Reads the two sides, one of which is <c>ciaos:PREFIX</c>.</summary>
    /// <exception cref="CommandException">None or both are.</exception>
    public static SyncRequest Of(string source, string target) => (IsRemote(source), IsRemote(target)) switch
    {
        (false, true) => new SyncRequest(true, Path.GetFullPath(source), PrefixOf(target)),
        (true, false) => new SyncRequest(false, Path.GetFullPath(target), PrefixOf(source)),
        _ => throw CommandException.Usage(
            $"One side is a folder and the other {RemoteMark}PREFIX: sync FOLDER {RemoteMark}PREFIX, or back"),
    };

    private static bool IsRemote(string side) => side.StartsWith(RemoteMark, StringComparison.Ordinal);

    private static string PrefixOf(string side) => Folders.KeyPath.FolderPrefix(side[RemoteMark.Length..]);
}
