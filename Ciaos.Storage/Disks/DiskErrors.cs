namespace Ciaos.Storage.Disks;

/// <summary>Tells a full disk from a failing one. On Unix .NET keeps the errno in
/// <see cref="Exception.HResult"/>.</summary>
internal static class DiskErrors
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static bool IsFull(int errno) => errno is NoSpace or QuotaExceeded;

    public static bool IsFull(IOException e) =>
        OperatingSystem.IsWindows() ? e.HResult is WindowsDiskFull or WindowsHandleDiskFull : IsFull(e.HResult);

    /// <summary>What to throw in place of <paramref name="e"/>.</summary>
    public static IOException Translate(
        IOException e, string path, string operation, long offsetBytes, long neededBytes) =>
        IsFull(e)
            ? new DiskFullException(path, neededBytes, e)
            : new DiskFailedException(path, operation, offsetBytes, e.Message, e);
}
