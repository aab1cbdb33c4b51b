using Microsoft.Win32.SafeHandles;

namespace Ciaos.Storage.Disks;

internal sealed class PhysicalDiskFile(string path, SafeFileHandle handle) : IDiskFile
{
    // Linux takes at most 1,024 buffers in one call (IOV_MAX).
    private const int MaxBuffersPerCall = 1024;

    public string Path { get; } = path;

    public long LengthBytes => RandomAccess.GetLength(handle);

    public int Read(long offsetBytes, Span<byte> destination)
    {
        var done = 0;
        try
        {
            while (done < destination.Length)
            {
                var count = RandomAccess.Read(handle, destination[done..], offsetBytes + done);
                if (count == 0) break;
                done += count;
            }
        }
        catch (IOException e)
        {
            throw new DiskFailedException(Path, "Read", offsetBytes + done, e.Message, e);
        }

        return done;
    }

    public void Write(long offsetBytes, IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        try
        {
            if (buffers.Count <= MaxBuffersPerCall)
            {
                RandomAccess.Write(handle, buffers, offsetBytes);
                return;
            }

            foreach (var part in buffers.Chunk(MaxBuffersPerCall))
            {
                RandomAccess.Write(handle, part, offsetBytes);
                offsetBytes += part.Sum(buffer => (long)buffer.Length);
            }
        }
        catch (IOException e)
        {
            throw DiskErrors.Translate(e, Path, "Write", offsetBytes, buffers.Sum(buffer => (long)buffer.Length));
        }
    }

    public void Flush()
    {
        if (OperatingSystem.IsLinux())
        {
            LinuxFileCalls.SyncData(handle, Path);
            return;
        }

        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (IOException e)
        {
            throw DiskErrors.Translate(e, Path, "Flush", 0, 0);
        }
    }

    public void Preallocate(long upToBytes)
    {
        if (OperatingSystem.IsLinux()) LinuxFileCalls.Reserve(handle, Path, upToBytes);
    }

    public void SetLength(long lengthBytes)
    {
        try
        {
            RandomAccess.SetLength(handle, lengthBytes);
        }
        catch (IOException e)
        {
            throw DiskErrors.Translate(e, Path, "SetLength", lengthBytes, lengthBytes);
        }
    }

    public void Dispose() => handle.Dispose();
}
