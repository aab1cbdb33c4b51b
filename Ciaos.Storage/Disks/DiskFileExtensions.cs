namespace Ciaos.Storage.Disks;

public static class DiskFileExtensions
{
    private const int BufferBytes = 1024 * 1024;

    /// <summary>
    /// Writes a part of the file once more as it is. What was written by a process that died may be in the system's
    /// memory alone: waiting to be written, or, after a failed flush, not even that. Written once more it is waiting
    /// for certain, and the next flush covers it.
    /// </summary>
    /// <exception cref="DiskFailedException">The file is shorter than that.</exception>
    public static void Rewrite(this IDiskFile file, long fromBytes, long toBytes)
    {
        var buffer = new byte[(int)Math.Clamp(toBytes - fromBytes, 0, BufferBytes)];
        for (var at = fromBytes; at < toBytes;)
        {
            var count = file.Read(at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, toBytes - at)));
            if (count == 0) throw new DiskFailedException(file.Path, "Read", at, "the file became shorter");
            file.Write(at, [buffer.AsMemory(0, count)]);
            at += count;
        }
    }
}
