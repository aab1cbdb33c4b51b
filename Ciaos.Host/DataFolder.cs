namespace Ciaos.Host;

/// <summary>The folder that holds all of a node's data, kept by one process at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "ciaos.lock";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <exception cref="NodeStartException">It cannot be made or written, or another process holds it.</exception>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
            var held = new FileStream(
                System.IO.Path.Combine(full, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(full, held);
        }
        catch (IOException error) when (File.Exists(System.IO.Path.Combine(full, LockName)))
        {
            throw new NodeStartException($"The data folder {full} is in use by another process ({error.Message})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new NodeStartException($"The data folder {full} cannot be used: {error.Message}", error);
        }
    }

    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _lock.Dispose();
}
