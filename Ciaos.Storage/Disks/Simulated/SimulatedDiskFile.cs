namespace Ciaos.Storage.Disks.Simulated;

internal sealed class SimulatedDiskFile(SimulatedDisk disk, string path, SimulatedContents contents, DiskAccess access)
    : IDiskFile
{
    private readonly int _generation = disk.Generation;
    private bool _disposed;

    public string Path { get; } = path;

    public long LengthBytes
    {
        get
        {
            lock (disk.Gate) return Living().LengthBytes;
        }
    }

    public int Read(long offsetBytes, Span<byte> destination)
    {
        disk.Begin(DiskOperationKind.Read, Path, offsetBytes, destination.Length);
        lock (disk.Gate)
        {
            if (disk.Chance(disk.Faults.ReadErrorRate)) throw Failed("Read", offsetBytes);
            return Living().Read(offsetBytes, destination);
        }
    }

    public void Write(long offsetBytes, IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        var bytes = Join(buffers);
        disk.Begin(DiskOperationKind.Write, Path, offsetBytes, bytes.Length);
        lock (disk.Gate)
        {
            var living = Writable();
            if (disk.Chance(disk.Faults.WriteErrorRate))
            {
                living.Write(offsetBytes, bytes[..disk.Random.Next(bytes.Length + 1)]);
                throw Failed("Write", offsetBytes);
            }

            var growth = living.GrowthOf(offsetBytes + bytes.Length);
            var missing = growth - disk.Fitting(growth);
            living.Write(offsetBytes, missing == 0 ? bytes : bytes[..(int)Math.Max(0, bytes.Length - missing)]);
            if (missing > 0) throw new DiskFullException(Path, bytes.Length);
        }
    }

    public void Flush()
    {
        disk.Begin(DiskOperationKind.Flush, Path, 0, 0);
        lock (disk.Gate)
        {
            var living = Writable();
            if (disk.Chance(disk.Faults.FlushErrorRate))
            {
                living.LoseSomeUnflushed(disk.Random);
                throw Failed("Flush", 0);
            }

            living.Flush();
        }
    }

    public void Preallocate(long upToBytes)
    {
        disk.Begin(DiskOperationKind.Preallocate, Path, 0, upToBytes);
        lock (disk.Gate)
        {
            var living = Writable();
            var growth = living.GrowthOf(upToBytes);
            if (disk.Fitting(growth) < growth) throw new DiskFullException(Path, growth);
            living.Reserve(upToBytes);
        }
    }

    public void SetLength(long lengthBytes)
    {
        disk.Begin(DiskOperationKind.SetLength, Path, lengthBytes, 0);
        lock (disk.Gate)
        {
            var living = Writable();
            var growth = living.GrowthOf(lengthBytes);
            if (disk.Fitting(growth) < growth) throw new DiskFullException(Path, growth);
            living.SetLength(lengthBytes);
        }
    }

    public void Dispose() => _disposed = true;

    private static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        if (buffers.Count == 1) return buffers[0].ToArray();
        var length = 0;
        for (var i = 0; i < buffers.Count; i++) length += buffers[i].Length;
        var joined = new byte[length];
        var at = 0;
        for (var i = 0; i < buffers.Count; i++)
        {
            buffers[i].CopyTo(joined.AsMemory(at));
            at += buffers[i].Length;
        }

        return joined;
    }

    private SimulatedContents Writable() =>
        access == DiskAccess.ReadWrite
            ? Living()
            : throw new UnauthorizedAccessException($"{Path} is open for reading only");

    private SimulatedContents Living()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_generation != disk.Generation) throw Failed("Any use of this handle", 0);
        return contents;
    }

    private DiskFailedException Failed(string operation, long offsetBytes)
    {
        var cause = _generation == disk.Generation ? "injected fault" : "its process or its machine died";
        return new DiskFailedException(Path, operation, offsetBytes, cause);
    }
}
