using Ciaos.Client;

namespace Ciaos.Host.Client.Folders;

/// <summary>Moves whole files to and from a node, so that neither side ever has half of one.</summary>
internal sealed class FileTransfer(CiaosClient client, TransferMeter meter)
{
    private const int BufferBytes = 128 * 1024;
    private const int MaxAttempts = 3;

    /// <summary>Stores a file as it is at one moment: one that is written to in the meantime is read again.</summary>
    /// <exception cref="IOException">It cannot be read, or is written to all the time.</exception>
    public async Task<ObjectInfo> UploadAsync(
        string path, string key, PutOptions options, CancellationToken cancellation)
    {
        var progress = meter.OfOne();
        for (var attempt = 1; ; attempt++)
        {
            await using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes);

            // A pipe has no state to be compared: /dev/stdin, or what a shell makes of <(…).
            var before = file.CanSeek ? StateOf(file) : default;
            try
            {
                var stored = await client.PutAsync(key, file, options, progress, cancellation);
                if (!file.CanSeek || StateOf(file) == before) return stored;

                // What must not exist has been made by ourselves, and now must not have been changed by others.
                if (options.IfMatch is not null || options.IfNoneMatch is not null)
                    options = options with { IfNoneMatch = null, IfMatch = stored.ETag };
            }
            catch (InvalidDataException) when (attempt < MaxAttempts)
            {
                // It has become shorter or longer while it was read; nothing was stored.
            }

            if (attempt == MaxAttempts) throw new IOException($"{path} is written to while it is read");
        }
    }

    /// <summary>Makes or replaces a file, at once and as a whole.</summary>
    /// <param name="listed">The object as the list told it: its time is more exact than that of the answer.</param>
    public async Task<ObjectInfo> DownloadAsync(
        string key, string path, ObjectInfo? listed, CancellationToken cancellation)
    {
        await using var part = new PartFile(path);
        var read = await client.GetToAsync(key, part.Stream, progress: meter.OfOne(), cancellation: cancellation);
        var isAsListed = listed?.ETag is { } tag && tag == read.ETag;
        await part.CommitAsync(isAsListed ? listed!.Modified : read.Modified);
        return read;
    }

    /// <summary>Whether a file has the bytes of an object. Reads both, to the first difference.</summary>
    public async Task<bool> IsEqualAsync(string key, string path, CancellationToken cancellation)
    {
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes);
        await using var remote = await client.OpenReadAsync(key, cancellation: cancellation);
        var (ours, theirs) = (new byte[BufferBytes], new byte[BufferBytes]);
        while (true)
        {
            var count = await remote.ReadAtLeastAsync(theirs, theirs.Length, throwOnEndOfStream: false, cancellation);
            var own = await file.ReadAtLeastAsync(ours, ours.Length, throwOnEndOfStream: false, cancellation);
            if (own != count || !ours.AsSpan(0, own).SequenceEqual(theirs.AsSpan(0, count))) return false;
            if (count == 0) return true;
        }
    }

    private static (long Length, DateTime Modified) StateOf(FileStream file) =>
        (file.Length, File.GetLastWriteTimeUtc(file.SafeFileHandle));
}
