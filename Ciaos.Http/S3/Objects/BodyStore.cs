using System.Collections.Immutable;
using System.IO.Pipelines;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3.Bodies;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Http.S3.Objects;

/// <summary>
/// The one place where bodies of S3 go into the store and come out of it: of objects, of parts, of copies, of forms.
/// What is to be done to all bytes at rest, such as encryption, is done here and nowhere else.
/// </summary>
internal sealed class BodyStore(ObjectStore store)
{
    /// <summary>Between reading and storing a copy: enough for either to go on while the other waits.</summary>
    private static readonly PipeOptions Options = new(
        pauseWriterThreshold: 1024 * 1024, resumeWriterThreshold: 512 * 1024, minimumSegmentSize: 64 * 1024,
        useSynchronizationContext: false);

    /// <summary>Stores a body to its end. It is durable then, and not yet visible: that takes an index command with
    /// <see cref="StoredUpload.ToContent"/>.</summary>
    /// <param name="metadata">Kept beside the bytes too, for a rebuild of the index; what only the body's end tells,
    /// such as the ETag, need not be in it.</param>
    /// <param name="dataKey">Encrypts the body; null: it is not encrypted.</param>
    /// <param name="hold">Has room for the body; null: it needs none.</param>
    /// <exception cref="S3Exception">The body is not what its client said: nothing of it becomes visible.</exception>
    /// <exception cref="UploadRejectedException">The volumes would not have it.</exception>
    public async Task<StoredUpload> StoreAsync(
        BucketId bucket, ObjectKey key, S3Body body, UploadOperation operation,
        ImmutableSortedDictionary<string, string> metadata, DataKey? dataKey, QuotaHold? hold,
        CancellationToken cancellation)
    {
        if (dataKey is null && EncryptionMetadata.IsEncrypted(metadata))
            throw new ArgumentException("The body of an encrypted object must be encrypted", nameof(dataKey));
        await using var upload = store.BeginUpload(bucket, key, operation, BodyFormat.Raw, metadata, dataKey);
        var counted = hold?.Watch(body) ?? body;
        await upload.BufferAsync(counted, body.Length, cancellation);
        var stored = await upload.StoreAsync(counted, cancellation);
        var segments = ImmutableArray.CreateBuilder<Segment>();
        stored.AddSegments(segments, 0, stored.LengthBytes);
        return new StoredUpload(upload.Id, segments.DrainToImmutable(), stored.LengthBytes, body.Digests);
    }

    /// <summary>Stores bytes of an object that is there as the body of another, with digests of their own.</summary>
    /// <param name="source">At its end it may still be read.</param>
    /// <param name="checksum">To be computed besides the MD5; null: the default one, of a part whose upload was begun
    /// without any.</param>
    public async Task<StoredUpload> StoreCopyAsync(
        ObjectReader source, long offsetBytes, long lengthBytes, ChecksumAlgorithm? checksum, BucketId bucket,
        ObjectKey key, UploadOperation operation, ImmutableSortedDictionary<string, string> metadata,
        DataKey? dataKey, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var pipe = new Pipe(Options);
        var reading = FillAsync(source, offsetBytes, lengthBytes, pipe.Writer, ended.Token);
        using var body = new S3Body(
            pipe.Reader, lengthBytes, new BodyLimits(0, long.MaxValue),
            new BodyHasher(ExpectedDigests.None, [], withMd5: true, checksum, withDefault: checksum is null));
        try
        {
            return await StoreAsync(bucket, key, body, operation, metadata, dataKey, hold: null, cancellation);
        }
        finally
        {
            await ended.CancelAsync();
            await pipe.Reader.CompleteAsync();
            await reading;
        }
    }

    /// <summary>Writes a range of an object's bytes, all its files taken together.</summary>
    public Task CopyAsync(
        ObjectReader source, long offsetBytes, long lengthBytes, PipeWriter output, CancellationToken cancellation) =>
        source.CopyAsync(offsetBytes, lengthBytes, output, cancellation);

    /// <param name="customerKey">What the client brought, where the object was written with one.</param>
    /// <exception cref="DataKeyException">The object is encrypted, and its key cannot be had.</exception>
    public ObjectReader OpenRead(IndexProtocol.Found found, CustomerKey? customerKey = null) =>
        store.OpenRead(found, customerKey);

    // Never throws: what fails is told to the reader of the pipe.
    private async Task FillAsync(
        ObjectReader source, long offsetBytes, long lengthBytes, PipeWriter output, CancellationToken cancellation)
    {
        // The first read of a volume must not keep the caller from reading the pipe.
        await Task.Yield();
        try
        {
            await CopyAsync(source, offsetBytes, lengthBytes, output, cancellation);
            await output.CompleteAsync();
        }
        catch (Exception failure)
        {
            await output.CompleteAsync(failure);
        }
    }
}

/// <summary>A body that is durable, and that no key shows yet.</summary>
/// <param name="SizeBytes">Of the body as its client sees it.</param>
internal sealed record StoredUpload(ObjectId Id, ImmutableArray<Segment> Segments, long SizeBytes, S3Digests Digests)
{
    /// <summary>For the index: with the ETag and the checksum that were computed.</summary>
    public IndexProtocol.Content ToContent(ImmutableSortedDictionary<string, string> metadata) =>
        new(Id, Segments, WithDigests(metadata));

    private ImmutableSortedDictionary<string, string> WithDigests(ImmutableSortedDictionary<string, string> metadata)
    {
        metadata = metadata.SetItem(ObjectMetadata.ETag, Digests.Md5Hex);
        if (Digests.Default is { } common)
            metadata = metadata.SetItem(MetadataKeys.PartChecksum, Convert.ToBase64String(common));
        return Digests is { Algorithm: { } algorithm, ChecksumText: { } checksum }
            ? metadata.SetItem(algorithm.MetadataKey(), checksum)
                .SetItem(MetadataKeys.ChecksumType, MetadataKeys.FullObject)
            : metadata;
    }
}
