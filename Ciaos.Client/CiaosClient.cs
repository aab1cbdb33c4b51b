using Ciaos.Client.Batch;
using Ciaos.Client.Events;
using Ciaos.Client.Files;
using Ciaos.Client.Http;

namespace Ciaos.Client;

/// <summary>
/// All that the native API of a node can do, for one user. One client serves any number of threads and requests at
/// once; make one and keep it. Transfers are streamed with bounded memory in both directions.
/// </summary>
/// <remarks>
/// Operations fail with <see cref="CiaosException"/>, with <see cref="OperationCanceledException"/> when they are told
/// to stop, and with whatever the caller's own streams throw. Keys are 1 to 1024 bytes of UTF-8; <c>a//b</c> and
/// <c>a/../b</c> are keys as good as others. What failed for the moment is tried again
/// (<see cref="CiaosClientOptions.Retries"/>); writes carry an idempotency key, so that a retry never writes twice.
/// </remarks>
public sealed class CiaosClient : IAsyncDisposable, IDisposable
{
    private readonly Transport _transport;
    private readonly ObjectReads _reads;
    private readonly ObjectWrites _writes;
    private readonly ObjectListing _listing;
    private readonly FileLists _files;
    private readonly Batches _batches;
    private readonly EventFeed _events;

    public CiaosClient(CiaosClientOptions options)
    {
        _transport = new Transport(options);
        _reads = new ObjectReads(_transport);
        _writes = new ObjectWrites(_transport);
        _listing = new ObjectListing(_transport);
        _files = new FileLists(_transport);
        _batches = new Batches(_transport);
        _events = new EventFeed(_transport);
    }

    /// <summary>Stores an object of one file: a new one, or in place of what is there.</summary>
    /// <param name="data">Must not change until the call is over.</param>
    /// <param name="progress">Bytes sent; begins anew with a retry.</param>
    /// <returns>Its ETag and size. It is on stable storage.</returns>
    public Task<ObjectInfo> PutAsync(
        string key, ReadOnlyMemory<byte> data, PutOptions? options = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default) =>
        _writes.PutAsync(key, new MemoryBody(data), options, progress, cancellation);

    /// <summary>As above, of a stream from where it stands to its end. One that can seek can be sent again; of another
    /// one only what fails before its first byte is taken is tried again. The stream stays open.</summary>
    public Task<ObjectInfo> PutAsync(
        string key, Stream data, PutOptions? options = null, IProgress<long>? progress = null,
        CancellationToken cancellation = default) =>
        _writes.PutAsync(key, new StreamBody(data, options?.LengthBytes), options, progress, cancellation);

    /// <summary>As above, of a sequence of buffers. When the sequence fails, nothing is stored.</summary>
    public Task<ObjectInfo> PutAsync(
        string key, IAsyncEnumerable<ReadOnlyMemory<byte>> data, PutOptions? options = null,
        IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        _writes.PutAsync(key, new SequenceBody(data, options?.LengthBytes), options, progress, cancellation);

    /// <summary>Opens an object's bytes, all its files in a row.</summary>
    /// <param name="offset">First byte wanted; the end of the object is allowed, and gives an empty stream.</param>
    /// <param name="length">Bytes wanted at most; null: all.</param>
    public Task<ObjectStream> OpenReadAsync(
        string key, long offset = 0, long? length = null, ReadOptions? options = null,
        CancellationToken cancellation = default) =>
        _reads.OpenAsync(key, offset, length, options, cancellation);

    /// <summary>An object's bytes in memory: up to 2 GiB.</summary>
    public Task<byte[]> GetBytesAsync(
        string key, long offset = 0, long? length = null, ReadOptions? options = null,
        CancellationToken cancellation = default) =>
        _reads.GetBytesAsync(key, offset, length, options, cancellation);

    /// <summary>Copies an object's bytes into a stream, whole or not without an exception. A broken connection is
    /// taken up again where it broke.</summary>
    /// <param name="progress">Bytes written.</param>
    public Task<ObjectInfo> GetToAsync(
        string key, Stream destination, long offset = 0, long? length = null, ReadOptions? options = null,
        IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        _reads.CopyToAsync(key, destination, offset, length, options, progress, cancellation);

    /// <summary>The files of a key, in memory: up to 2 GiB together.</summary>
    public Task<IReadOnlyList<ReadOnlyMemory<byte>>> GetFilesAsync(
        string key, CancellationToken cancellation = default) => _files.GetAsync(key, cancellation);

    /// <summary>Makes a key of these files. <see cref="CiaosError.Exists"/> where there is one.</summary>
    /// <param name="files">1 or more, up to 2 GiB together. Must not change until the call is over.</param>
    public Task<ObjectInfo> PutFilesAsync(
        string key, IReadOnlyList<ReadOnlyMemory<byte>> files, WriteOptions? options = null,
        IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        _files.SendAsync("put", key, files, options, progress, cancellation);

    /// <summary>Puts files behind those of a key. <see cref="CiaosError.NotFound"/> where there is none.</summary>
    public Task<ObjectInfo> AppendFilesAsync(
        string key, IReadOnlyList<ReadOnlyMemory<byte>> files, WriteOptions? options = null,
        IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        _files.SendAsync("append", key, files, options, progress, cancellation);

    /// <summary>Replaces all files of a key. <see cref="CiaosError.NotFound"/> where there is none.</summary>
    public Task<ObjectInfo> UpdateFilesAsync(
        string key, IReadOnlyList<ReadOnlyMemory<byte>> files, WriteOptions? options = null,
        IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        _files.SendAsync("update", key, files, options, progress, cancellation);

    public Task<ObjectInfo> StatAsync(string key, CancellationToken cancellation = default) =>
        _listing.StatAsync(key, cancellation);

    public async Task<bool> ExistsAsync(string key, CancellationToken cancellation = default)
    {
        try
        {
            await _listing.StatAsync(key, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (CiaosException error) when (error.Error is CiaosError.NotFound)
        {
            return false;
        }
    }

    /// <summary>The user's keys in the order of their UTF-8 bytes, a page of 1000 at a time.</summary>
    /// <param name="prefix">Keys begin with it.</param>
    /// <param name="after">Keys come behind it; it need not exist.</param>
    public IAsyncEnumerable<ObjectInfo> ListAsync(
        string prefix = "", string after = "", CancellationToken cancellation = default) =>
        _listing.ListAsync(prefix, after, cancellation);

    /// <summary>Deletes a key. <see cref="CiaosError.NotFound"/> where there is none; but after an attempt whose answer
    /// was lost, a key that is gone counts as deleted.</summary>
    public Task DeleteAsync(string key, WriteOptions? options = null, CancellationToken cancellation = default) =>
        _writes.DeleteAsync(key, options, cancellation);

    /// <summary>Gives the object another key. <see cref="CiaosError.Exists"/> where that is taken.</summary>
    /// <param name="options">Conditions are those of the old key.</param>
    public Task RenameAsync(
        string from, string to, WriteOptions? options = null, CancellationToken cancellation = default) =>
        _writes.RenameAsync(from, to, options, cancellation);

    /// <summary>The files of many keys, in few requests. Keys are taken as they are needed, and the node is read only
    /// as fast as items are taken.</summary>
    /// <param name="keys">A key may be there more than once, and is then given as often.</param>
    /// <param name="isOrdered">False: items come as the disk has them, which is faster;
    /// <see cref="BatchItem.Index"/> tells which is which.</param>
    /// <returns>An item for each key; <see cref="BatchItem.Error"/> of one that is not there says so.</returns>
    public IAsyncEnumerable<BatchItem> GetManyAsync(
        IEnumerable<string> keys, bool isOrdered = false, CancellationToken cancellation = default) =>
        _batches.GetAsync(keys, isOrdered, cancellation);

    /// <summary>Stores many objects in few requests. Items are taken as they are needed; those of one request are
    /// stored side by side, but items of one key in order.</summary>
    /// <returns>What became of each item, in order, when its request has been answered. One that failed does not stop
    /// the others.</returns>
    public IAsyncEnumerable<BatchPutResult> PutManyAsync(
        IAsyncEnumerable<BatchPut> items, CancellationToken cancellation = default) =>
        _batches.PutAsync(items, cancellation);

    /// <inheritdoc cref="PutManyAsync(IAsyncEnumerable{BatchPut}, CancellationToken)"/>
    public IAsyncEnumerable<BatchPutResult> PutManyAsync(
        IEnumerable<BatchPut> items, CancellationToken cancellation = default) =>
        _batches.PutAsync(items.ToAsyncEnumerable(), cancellation);

    /// <summary>Opens the files of a key, of any number and size, as one stream that tells their lengths.</summary>
    /// <param name="cancellation">Ends reading, too.</param>
    public Task<FilesStream> OpenFilesAsync(string key, CancellationToken cancellation = default) =>
        FilesStream.OpenAsync(_transport, key, cancellation);

    /// <summary>Stores files of any number and size, streamed.</summary>
    /// <param name="lengths">Bytes of each file, in order; 1 or more files.</param>
    /// <param name="content">The files one behind the other, from where the stream stands to its end. It stays
    /// open.</param>
    /// <param name="idempotencyKey">As of <see cref="WriteOptions"/>.</param>
    public Task<ObjectInfo> UploadFilesAsync(
        string key, IReadOnlyList<long> lengths, Stream content, WriteMode mode = WriteMode.Upsert,
        string? idempotencyKey = null, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        _batches.UploadAsync(key, lengths, content, mode, idempotencyKey, progress, cancellation);

    /// <summary>What happens to the user's keys, also through S3. After a broken connection it goes on where it
    /// was.</summary>
    /// <param name="after">A <see cref="StoreEvent.Position"/>; empty: from the beginning; <c>now</c>: only what is to
    /// come. <see cref="CiaosError.Gone"/> where the journal no longer goes back so far.</param>
    /// <param name="prefix">Only keys that begin with it.</param>
    /// <param name="follow">False: ends when all has been told that there was.</param>
    public IAsyncEnumerable<StoreEvent> EventsAsync(
        string after = "", string prefix = "", bool follow = true, CancellationToken cancellation = default) =>
        _events.ReadAsync(after, prefix, follow, cancellation);

    public void Dispose() => _transport.Dispose();

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
