namespace Ciaos.Storage.Disks;

/// <summary>
/// The seam between the store and a file system: one folder tree, usually one physical disk. All disk I/O of the
/// volumes passes through it, so that <see cref="Simulated.SimulatedDisk"/> can tear, lose, delay and spoil it.
/// Paths are relative to the disk's root and use '/'. Safe for many threads.
/// </summary>
/// <remarks>
/// Every member can throw an <see cref="IOException"/>: <see cref="DiskFullException"/> where space is missing,
/// <see cref="DiskFailedException"/> where the device reports an error. Each names the file.
/// </remarks>
public interface IDisk
{
    /// <summary>The place of the root, for messages.</summary>
    string Root { get; }

    /// <summary>What this process may still write, in bytes.</summary>
    long FreeBytes { get; }

    /// <summary>Makes a new, empty file, for reading and writing. Durable only after a flush of the file and a
    /// <see cref="SyncFolder"/> of its folder.</summary>
    /// <exception cref="IOException">The file exists.</exception>
    IDiskFile Create(string path);

    /// <summary>Opens an existing file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    IDiskFile Open(string path, DiskAccess access);

    bool Exists(string path);

    /// <summary>Names (without folder) of the files that lie directly in a folder, in ordinal order; none where there
    /// is no such folder.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>Makes a folder and those above it, where they are missing, durably.</summary>
    void CreateFolder(string folder);

    /// <summary>Gives a file another name in one step, taking the place of a file that has it. Durable only after
    /// <see cref="SyncFolder"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; nothing happens where there is none. Durable only after
    /// <see cref="SyncFolder"/>.</summary>
    void Delete(string path);

    /// <summary>Returns when all creations, renames and deletions in a folder are durable.</summary>
    void SyncFolder(string folder);
}

public enum DiskAccess
{
    Read,
    ReadWrite,
}

/// <summary>One open file. Reads may run side by side with each other and with one writer.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>The file's path, for messages.</summary>
    string Path { get; }

    long LengthBytes { get; }

    /// <summary>Fills <paramref name="destination"/> from a place in the file.</summary>
    /// <returns>How many bytes were read: fewer than asked for only where the file ends.</returns>
    int Read(long offsetBytes, Span<byte> destination);

    /// <summary>Writes buffers one behind the other, without joining them in memory first. On an exception any part
    /// of it may have been written.</summary>
    void Write(long offsetBytes, IReadOnlyList<ReadOnlyMemory<byte>> buffers);

    /// <summary>Returns when all that was written is durable. After an exception nobody knows what the file holds: the
    /// system may have dropped the unwritten pages, and a second flush would not tell.</summary>
    void Flush();

    /// <summary>Reserves space up to a place in the file without changing its length. Where the file system cannot,
    /// nothing happens.</summary>
    /// <exception cref="DiskFullException">There is not enough; the file is as it was.</exception>
    void Preallocate(long upToBytes);

    /// <summary>Cuts or extends (with zeros) the file, and gives back space reserved behind its end.</summary>
    void SetLength(long lengthBytes);
}
