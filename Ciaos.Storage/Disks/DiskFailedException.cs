namespace Ciaos.Storage.Disks;

/// <summary>The device or the file system reports an error (such as EIO): what the operation did is unknown.</summary>
public sealed class DiskFailedException(
    string path, string operation, long offsetBytes, string detail, Exception? inner = null)
    : IOException($"{operation} failed on {path} at byte {offsetBytes}: {detail}", inner)
{
    public string Path { get; } = path;

    public long OffsetBytes { get; } = offsetBytes;
}
