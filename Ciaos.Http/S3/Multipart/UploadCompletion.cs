using System.Globalization;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Encryption;
using Ciaos.Http.S3.Lifecycle;
using Ciaos.Http.S3.Objects;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Multipart;

/// <summary><c>CompleteMultipartUpload</c>. Nothing is copied: the index strings the segments of the parts together.
/// A client that has lost the answer may ask again, and gets the same one.</summary>
internal sealed class UploadCompletion(S3Services services, UploadFinder uploads)
{
    private readonly ObjectFinder _objects = new(services);
    private readonly ObjectWriter _writer = new(services);

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Object, HttpMethods.Post, "uploadId", "CompleteMultipartUpload", HandleAsync);

    private async Task HandleAsync(S3Request request)
    {
        BegunWith.Demand(services, request, await uploads.FindAsync(request));
        var id = UploadFinder.IdOf(request);
        var expected = ExpectedObject.Read(request.Headers);
        var requested = CompleteRequest.Parse(await ReadDocumentAsync(request));
        if (await uploads.FindPartsAsync(request, id) is not var (upload, parts))
        {
            await AnswerAgainAsync(request, id);
            return;
        }

        var kind = MultipartChecksum.Of(upload.Metadata);
        services.Encryption.CheckCompletion(request, upload.Metadata, isNeeded: kind is not null);
        var completion = Completion.Of(requested, parts, kind, services.Settings.MinPartBytes);
        expected.Check(completion, isDeclared: kind is not null);
        new BodyLimits(0, services.Settings.MaxObjectBytes).CheckWhole(completion.SizeBytes);
        var condition = await _writer.JudgeAsync(request);
        using var hold = await services.Quotas.HoldAsync(
            request.Bucket, completion.SizeBytes, objects: 1, request.Aborted);
        var command = new CompleteMultipart(
            request.Bucket.Id, request.Key, id, completion.Parts, condition.ForIndex, completion.ToMetadata(upload),
            request.Bucket.Versioning);

        // From here on the outcome counts, not whether the client still waits for it.
        var reply = await services.Store.SendAsync(command, CancellationToken.None);
        uploads.Forget(id);
        switch (reply)
        {
            case UploadNotFound:
                await AnswerAgainAsync(request, id);
                return;
            case PartChanged changed:
                throw new S3Exception(S3Error.InvalidPart)
                {
                    Details = [new("PartNumber", changed.Number.ToString(CultureInfo.InvariantCulture))],
                };
            default:
                var made = ObjectReplies.Stored(reply, condition.Conditions);
                hold?.Keep();
                await AnswerAsync(request, made);
                return;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadDocumentAsync(S3Request request)
    {
        using var body = S3Bodies.Open(
            request.Http, request.Caller,
            new S3BodyOptions(CompleteRequest.MaxDocumentBytes) { IgnoresChecksumHeaders = true });
        return await S3Bodies.ReadAllAsync(body, request.Aborted);
    }

    /// <summary>The upload is gone: if it was completed, the object tells. That may have been a moment ago, by another
    /// request.</summary>
    private async Task AnswerAgainAsync(S3Request request, UploadId id)
    {
        var now = await _objects.PeekSettledAsync(request.Bucket.Id, request.Key, request.Aborted);
        if (now?.Metadata.GetValueOrDefault(Completion.UploadIdKey) != id.ToString())
            throw new S3Exception(S3Error.NoSuchUpload) { Details = [new("UploadId", id.ToString())] };
        await AnswerAsync(request, now);
    }

    private async Task AnswerAsync(S3Request request, ObjectRecord made)
    {
        ObjectVersions.WriteMade(request.Response, made);
        EncryptionHeaders.Write(request, made.Metadata);
        LifecycleHeaders.Write(request, services.Settings.Calendar, made);
        using var xml = new S3Xml("CompleteMultipartUploadResult");
        xml.Text("Location", S3Locations.Of(request.Http.Request, request.BucketName, request.Key.Value))
            .Text("Bucket", request.BucketName)
            .Text("Key", request.Key.Value)
            .Text("ETag", $"\"{made.ETag}\"");
        PartXml.WriteChecksum(xml, made.Metadata);
        xml.Text("ChecksumType", made.Metadata.GetValueOrDefault(MetadataKeys.ChecksumType));
        await xml.SendAsync(request.Http);
    }
}
