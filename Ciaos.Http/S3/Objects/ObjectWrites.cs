using System.Globalization;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Lifecycle;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>PutObject: a body as an object, or as bytes behind those that an object has. A copy comes by the same
/// method and is passed on.</summary>
internal sealed class ObjectWrites(S3Services services)
{
    private const string OffsetHeader = "x-amz-write-offset-bytes";

    private readonly ObjectFinder _finder = new(services);
    private readonly ObjectWriter _writer = new(services);
    private readonly BodyStore _bodies = new(services.Store);
    private readonly ObjectCopies _copies = new(services);

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Object, HttpMethods.Put, null, "PutObject", HandleAsync);

    private Task HandleAsync(S3Request request)
    {
        if (request.Header(CopySource.HeaderName) is { } source) return _copies.CopyAsync(request, source);
        return request.Header(OffsetHeader) is { Length: > 0 } offset
            ? AppendAsync(request, offset)
            : PutAsync(request);
    }

    private async Task PutAsync(S3Request request)
    {
        var fields = ObjectFields.Of(request);
        _writer.Authorize(request, fields);
        var metadata = _writer.Describe(request, fields, AclHeaders.From(request.Headers));
        var condition = await _writer.JudgeAsync(request);
        var dataKey = services.Encryption.KeyOfWrite(request, fields, metadata);
        using var body = Open(request, ChecksumAlgorithms.Default);
        using var hold = await HoldAsync(request, body, objects: 1);
        var stored = await _bodies.StoreAsync(
            request.Bucket.Id, request.Key, body, UploadOperation.Replace, metadata, dataKey, hold, request.Aborted);
        var written = await _writer.PutAsync(request.Bucket, request.Key, condition, stored, metadata);
        hold?.Keep();
        ObjectWriter.WriteHead(request, written);
        LifecycleHeaders.Write(request, services.Settings.Calendar, written);
    }

    private async Task AppendAsync(S3Request request, string offset)
    {
        if (!long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out var offsetBytes))
            throw ObjectErrors.InvalidArgument("The write offset is no number of bytes.", OffsetHeader, offset);
        services.Access.Demand(request, "s3:PutObject", found: null);
        var now = await _finder.PeekAsync(request.Bucket.Id, request.Key, request.Aborted);
        if (now is null && offsetBytes == 0)
        {
            await PutAsync(request);
            return;
        }

        if (now is null) throw new S3Exception(S3Error.NoSuchKey);
        if (now.SizeBytes != offsetBytes) throw Wrong(now);
        if (EncryptionMetadata.IsEncrypted(now.Metadata))
            throw new S3Exception(S3Error.InvalidRequest, "An encrypted object cannot be appended to.");
        using var body = Open(request, checksum: null);
        using var hold = await HoldAsync(request, body, objects: 0);
        var stored = await _bodies.StoreAsync(
            request.Bucket.Id, request.Key, body, UploadOperation.Append, ObjectMetadata.None, dataKey: null, hold,
            request.Aborted);
        var append = new Append(request.Bucket.Id, request.Key, Continuing(stored), offsetBytes);
        var reply = await services.Store.SendAsync(append, CancellationToken.None);
        if (reply is WrongOffset wrong) throw Wrong(wrong.Object);
        var written = ObjectReplies.Stored(reply, S3Conditions.None);
        hold?.Keep();
        ObjectWriter.WriteHead(request, written);
        request.Response.Headers["x-amz-object-size"] = written.SizeBytes.ToString(CultureInfo.InvariantCulture);
    }

    private S3Body Open(S3Request request, ChecksumAlgorithm? checksum) => S3Bodies.Open(
        request.Http, request.Caller,
        new S3BodyOptions(services.Settings.MaxObjectBytes, MustHaveLength: true, WithMd5: true, checksum));

    private ValueTask<QuotaHold?> HoldAsync(S3Request request, S3Body body, int objects) =>
        services.Quotas.HoldAsync(request.Bucket, body.Length, objects, request.Aborted);

    // The bytes go on with the object's last file: to S3 it has but one.
    private static Content Continuing(StoredUpload stored) => new(
        stored.Id, stored.Segments.SetItem(0, stored.Segments[0] with { StartsFile = false }), ObjectMetadata.None);

    private static S3Exception Wrong(ObjectRecord found) => new(S3Error.InvalidWriteOffset)
    {
        Details = [new("ActualObjectSize", found.SizeBytes.ToString(CultureInfo.InvariantCulture))],
    };
}
