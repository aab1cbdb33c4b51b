using Ciaos.Actors.Index;
using Ciaos.Http.S3.Lifecycle;
using Ciaos.Http.S3.Listing;
using Ciaos.Http.S3.Objects;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Multipart;

/// <summary><c>ListMultipartUploads</c> of a bucket and <c>ListParts</c> of an upload.</summary>
internal sealed class UploadListings(S3Services services, UploadFinder uploads)
{
    public void Register(S3Operations operations)
    {
        operations.Add(S3Scope.Bucket, HttpMethods.Get, "uploads", "ListMultipartUploads", ListUploadsAsync);
        operations.Add(S3Scope.Object, HttpMethods.Get, "uploadId", "ListParts", ListPartsAsync);
    }

    private async Task ListUploadsAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:ListBucketMultipartUploads");
        var query = request.Query;
        var parameters = ListParameters.Read(query, "max-uploads");
        var (keyMarker, uploadMarker) = (query.Text("key-marker"), query.Text("upload-id-marker"));
        var page = await services.Store.ListUploadsAsync(
            request.Bucket.Id,
            new UploadQuery(
                parameters.Prefix, parameters.Delimiter, keyMarker, ParseMarker(keyMarker, uploadMarker),
                parameters.Limit),
            request.Aborted);
        using var xml = new S3Xml("ListMultipartUploadsResult");
        xml.Text("Bucket", request.BucketName);
        parameters.WriteTo(xml);
        xml.Text("KeyMarker", parameters.Encoding.Apply(keyMarker)).Text("UploadIdMarker", uploadMarker);
        if (page.HasMore)
            xml.Text("NextKeyMarker", parameters.Encoding.Apply(page.LastKey))
                .Text("NextUploadIdMarker", page.LastUpload?.ToString());
        xml.Number("MaxUploads", parameters.Limit).Flag("IsTruncated", page.HasMore);
        Write(xml, page, parameters.Encoding, new ListOwners(services, request.Bucket));
        await xml.SendAsync(request.Http);
    }

    private async Task ListPartsAsync(S3Request request)
    {
        await uploads.DemandAsync(request, "s3:ListMultipartUploadParts");
        var id = UploadFinder.IdOf(request);
        var after = request.Query.Int("part-number-marker", 0, 0, int.MaxValue);
        var limit = Math.Min(
            request.Query.Int("max-parts", ListParameters.MaxPage, 0, int.MaxValue), ListParameters.MaxPage);
        var page = await services.Store.ListPartsAsync(
                request.Bucket.Id, request.Key, id, after, limit, request.Aborted)
            ?? throw new S3Exception(S3Error.NoSuchUpload) { Details = [new("UploadId", id.ToString())] };
        LifecycleHeaders.Write(request, services.Settings.Calendar, page.Upload);
        using var xml = new S3Xml("ListPartsResult");
        xml.Text("Bucket", request.BucketName).Text("Key", request.Key.Value).Text("UploadId", id.ToString());
        WriteUsers(xml, page.Upload, new ListOwners(services, request.Bucket));
        xml.Number("PartNumberMarker", after)
            .Number("NextPartNumberMarker", page.Parts.Count == 0 ? after : page.Parts[^1].Number)
            .Number("MaxParts", limit)
            .Flag("IsTruncated", page.HasMore);
        PartXml.WriteKind(xml, page.Upload);
        foreach (var part in page.Parts)
        {
            xml.Open("Part").Number("PartNumber", part.Number).Time("LastModified", part.Modified);
            PartXml.WriteTags(xml, part);
            xml.Number("Size", part.SizeBytes).Close();
        }

        await xml.SendAsync(request.Http);
    }

    // Without a key the marker means nothing, and S3 looks away.
    private static UploadId? ParseMarker(string keyMarker, string uploadMarker)
    {
        if (keyMarker.Length == 0 || uploadMarker.Length == 0) return null;
        return UploadId.TryParse(uploadMarker, out var id)
            ? id
            : throw ListErrors.InvalidArgument("Invalid uploadId marker", "upload-id-marker", uploadMarker);
    }

    private static void Write(S3Xml xml, UploadPage page, ListEncoding encoding, ListOwners owners)
    {
        foreach (var (upload, _) in page.Entries)
        {
            if (upload is null) continue;
            xml.Open("Upload")
                .Text("Key", encoding.Apply(upload.Key.Value))
                .Text("UploadId", upload.Id.ToString());
            WriteUsers(xml, upload, owners);
            xml.Time("Initiated", upload.Begun);
            PartXml.WriteKind(xml, upload);
            xml.Close();
        }

        foreach (var (_, prefix) in page.Entries)
            if (prefix is not null) ListXml.WriteCommonPrefix(xml, prefix, encoding);
    }

    private static void WriteUsers(S3Xml xml, UploadRecord upload, ListOwners owners)
    {
        owners.WriteInitiator(xml, upload.Initiator);
        owners.WriteOwner(xml, upload.Metadata);
        xml.Text(
            "StorageClass",
            upload.Metadata.GetValueOrDefault(MetadataKeys.StorageClass, ObjectHeaders.StandardClass));
    }
}
