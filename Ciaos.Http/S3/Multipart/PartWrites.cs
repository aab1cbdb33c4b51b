using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Encryption;
using Ciaos.Http.S3.Objects;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Multipart;

/// <summary><c>UploadPart</c> and <c>UploadPartCopy</c>, which is told by its header alone. A part holds room in the
/// quota while it is being stored; for good all of them count when the upload is completed.</summary>
internal sealed class PartWrites(S3Services services, UploadFinder uploads)
{
    private const long MaxPartBytes = 5L * 1024 * 1024 * 1024;

    private readonly CopySourceFinder _sources = new(services);
    private readonly BodyStore _bodies = new(services.Store);

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Object, HttpMethods.Put, "uploadId", "UploadPart", HandleAsync);

    private async Task HandleAsync(S3Request request)
    {
        var upload = await uploads.FindAsync(request);
        BegunWith.Demand(services, request, upload);
        var number = PartNumbers.Of(request.Query);
        if (upload is null) throw UploadFinder.Missing(request);
        var kind = MultipartChecksum.Of(upload.Metadata);
        var target = new PartTarget(
            upload, number, kind, services.Encryption.KeyOfWrite(request, ObjectFields.Of(request), upload.Metadata));
        if (request.Header(CopySource.HeaderName) is { } source) await CopyAsync(request, target, source);
        else await StoreAsync(request, target);
    }

    private async Task StoreAsync(S3Request request, PartTarget target)
    {
        var kind = target.Checksum;
        var sent = ExpectedDigests.Read(request.Headers, request.Caller.Payload.IsChunked).Algorithm;
        if (kind is not null && sent is not null && sent != kind.Algorithm)
            throw ChecksumMismatch.Of(kind.Algorithm, sent);
        using var body = S3Bodies.Open(
            request.Http, request.Caller,
            new S3BodyOptions(MaxPartBytes, MustHaveLength: true, WithMd5: true, kind?.Algorithm)
            {
                WithDefaultChecksum = kind is null,
            });
        using var hold = await services.Quotas.HoldAsync(request.Bucket, body.Length, objects: 0, request.Aborted);
        var stored = await _bodies.StoreAsync(
            request.Bucket.Id, request.Key, body, UploadOperation.Part, ObjectMetadata.None, target.DataKey,
            hold, request.Aborted);
        var part = await PutAsync(target.Upload, target.Number, stored);
        EncryptionHeaders.Write(request, target.Upload.Metadata);
        request.Response.Headers.ETag = $"\"{part.Metadata[ObjectMetadata.ETag]}\"";
        if (stored.Digests is { Algorithm: { } algorithm, ChecksumText: { } checksum })
            request.Response.Headers[algorithm.HeaderName()] = checksum;
    }

    private async Task CopyAsync(S3Request request, PartTarget target, string header)
    {
        var sourceKey = services.Encryption.CustomerOfSource(request);
        var (bucket, found) = await _sources.FindAsync(request, CopySource.Parse(header));
        await using var reader = _bodies.OpenRead(found, sourceKey);
        var range = CopyRange.Find(request.Header(CopyRange.HeaderName), found.Object.SizeBytes);
        new BodyLimits(0, MaxPartBytes).CheckWhole(range.LengthBytes);
        using var hold = await services.Quotas.HoldAsync(
            request.Bucket, range.LengthBytes, objects: 0, request.Aborted);
        var stored = await _bodies.StoreCopyAsync(
            reader, range.OffsetBytes, range.LengthBytes, target.Checksum?.Algorithm, request.Bucket.Id, request.Key,
            UploadOperation.Part, ObjectMetadata.None, target.DataKey, request.Aborted);
        var part = await PutAsync(target.Upload, target.Number, stored);
        EncryptionHeaders.Write(request, target.Upload.Metadata);
        if (ObjectVersions.IsShown(bucket.Versioning, found.Object))
            request.Response.Headers["x-amz-copy-source-version-id"] = found.Object.VersionId.ToString();
        using var xml = new S3Xml("CopyPartResult");
        xml.Time("LastModified", part.Modified);
        PartXml.WriteTags(xml, part);
        await xml.SendAsync(request.Http);
    }

    // From here on the outcome counts, not whether the client still waits for it.
    private async Task<PartRecord> PutAsync(UploadRecord upload, int number, StoredUpload stored)
    {
        var command = new PutPart(
            upload.Bucket, upload.Key, upload.Id, number, stored.ToContent(ObjectMetadata.None));
        switch (await services.Store.SendAsync(command, CancellationToken.None))
        {
            case PartStored done:
                return done.Part;
            case UploadNotFound:
                uploads.Forget(upload.Id);
                throw new S3Exception(S3Error.NoSuchUpload) { Details = [new("UploadId", upload.Id.ToString())] };
            case var other:
                throw ObjectReplies.Refusal(other);
        }
    }

    /// <param name="DataKey">The upload's; null: it is not encrypted.</param>
    private sealed record PartTarget(UploadRecord Upload, int Number, MultipartChecksum? Checksum, DataKey? DataKey);
}
