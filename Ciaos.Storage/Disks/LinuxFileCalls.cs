using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ciaos.Storage.Disks;

/// <summary>
/// The calls that durability needs and .NET does not offer. What .NET 10 does on Linux, seen with strace:
/// RandomAccess.FlushToDisk is fsync (which also writes times that nobody needs), never fdatasync;
/// a preallocationSize is fallocate(FALLOC_FL_KEEP_SIZE), but only at creation; folders cannot be opened, so not
/// synced.
/// </summary>
internal static partial class LinuxFileCalls
{
    private const int KeepSize = 1;
    private const int Interrupted = 4;
    private const int NotSupported = 95;
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <summary>fdatasync: the data, and of the metadata just what is needed to read it back, such as the
    /// length.</summary>
    public static void SyncData(SafeFileHandle file, string path)
    {
        while (FDataSync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw Failure(error, path, "fdatasync", 0, 0);
        }
    }

    /// <summary>fallocate without a change of length: the tail of the file then never needs zeros to be told from
    /// data.</summary>
    public static void Reserve(SafeFileHandle file, string path, long upToBytes)
    {
        while (FAllocate(file, KeepSize, 0, upToBytes) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == NotSupported) return;
            if (error != Interrupted) throw Failure(error, path, "fallocate", 0, upToBytes);
        }
    }

    /// <summary>Elsewhere than on Linux the file system is trusted to keep names durable in order.</summary>
    public static void SyncFolder(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var folder = OpenFolder(path, ReadOnlyCloseOnExec);
        if (folder.IsInvalid) throw Failure(Marshal.GetLastPInvokeError(), path, "open", 0, 0);
        while (FSync(folder) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != Interrupted) throw Failure(error, path, "fsync", 0, 0);
        }
    }

    /// <summary>link: a file's second name, on the same file system.</summary>
    public static bool TryLink(string from, string to) => Link(from, to) == 0;

    private static IOException Failure(int error, string path, string operation, long offsetBytes, long neededBytes) =>
        DiskErrors.IsFull(error)
            ? new DiskFullException(path, neededBytes)
            : new DiskFailedException(path, operation, offsetBytes, new Win32Exception(error).Message);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
