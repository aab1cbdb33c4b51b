using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Encryption;
using Ciaos.Http.S3.Lifecycle;
using Ciaos.Http.S3.Objects;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Multipart;

/// <summary>Operations on uploads in parts; those of the parts and the completion have classes of their own.</summary>
internal sealed class MultipartUploads
{
    private readonly S3Services _services;
    private readonly UploadFinder _uploads;
    private readonly ObjectWriter _writer;

    public MultipartUploads(S3Services services)
    {
        _services = services;
        _uploads = new UploadFinder(services);
        _writer = new ObjectWriter(services);
    }

    public void Register(S3Operations operations)
    {
        operations.Add(S3Scope.Object, HttpMethods.Post, "uploads", "CreateMultipartUpload", CreateAsync);
        operations.Add(S3Scope.Object, HttpMethods.Delete, "uploadId", "AbortMultipartUpload", AbortAsync);
        new PartWrites(_services, _uploads).Register(operations);
        new UploadCompletion(_services, _uploads).Register(operations);
        new UploadListings(_services, _uploads).Register(operations);
    }

    private async Task CreateAsync(S3Request request)
    {
        var fields = ObjectFields.Of(request);
        _writer.Authorize(request, fields);
        var initiator = request.User ?? throw new S3Exception(
            S3Error.AccessDenied, "Anonymous users cannot initiate multipart uploads. Please authenticate.");
        var kind = MultipartChecksum.Read(fields);
        var metadata = _writer.Describe(request, fields, AclHeaders.From(request.Headers)).ToBuilder();
        kind?.WriteTo(metadata);
        BegunWith.Write(request.Headers, metadata);
        var begin = new BeginMultipart(
            request.Bucket.Id, request.Key, initiator.CanonicalId, metadata.ToImmutable());
        var upload = await _services.Store.SendAsync(begin, CancellationToken.None) switch
        {
            MultipartBegun begun => begun.Upload,
            var other => throw ObjectReplies.Refusal(other),
        };
        _uploads.Keep(upload);
        if (kind is not null)
        {
            request.Response.Headers[MultipartChecksum.AlgorithmHeader] = kind.Algorithm.Name();
            request.Response.Headers[MultipartChecksum.TypeHeader] = kind.TypeName;
        }

        EncryptionHeaders.Write(request, upload.Metadata);
        LifecycleHeaders.Write(request, _services.Settings.Calendar, upload);
        using var xml = new S3Xml("InitiateMultipartUploadResult");
        xml.Text("Bucket", request.BucketName).Text("Key", request.Key.Value).Text("UploadId", upload.Id.ToString());
        await xml.SendAsync(request.Http);
    }

    private async Task AbortAsync(S3Request request)
    {
        await _uploads.DemandAsync(request, "s3:AbortMultipartUpload");
        var id = UploadFinder.IdOf(request);
        var reply = await _services.Store.SendAsync(
            new AbortMultipart(request.Bucket.Id, request.Key, id), CancellationToken.None);
        _uploads.Forget(id);
        switch (reply)
        {
            case MultipartAborted:
                request.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            case UploadNotFound:
                throw new S3Exception(S3Error.NoSuchUpload) { Details = [new("UploadId", id.ToString())] };
            default:
                throw ObjectReplies.Refusal(reply);
        }
    }
}
