using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Raw;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Encryption;
using Ciaos.Http.S3.Lifecycle;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>CopyObject: the bytes are read from the source and stored once more, with digests of their own.</summary>
internal sealed class ObjectCopies(S3Services services)
{
    private readonly ObjectWriter _writer = new(services);
    private readonly CopySourceFinder _sources = new(services);
    private readonly BodyStore _bodies = new(services.Store);

    /// <param name="header">x-amz-copy-source.</param>
    public async Task CopyAsync(S3Request request, string header)
    {
        var source = CopySource.Parse(header);
        var fields = ObjectFields.Of(request);
        var replacesMetadata = IsReplace(fields, "x-amz-metadata-directive");
        var replacesTags = IsReplace(fields, "x-amz-tagging-directive");
        _writer.Authorize(request, fields);
        var sourceKey = services.Encryption.CustomerOfSource(request);
        var (bucket, found) = await _sources.FindAsync(request, source);
        await using var reader = _bodies.OpenRead(found, sourceKey);
        var isSame = bucket.Id == request.Bucket.Id && source.Key == request.Key && source.Version is null;
        if (isSame && !replacesMetadata && !ChangesMore(fields) && BucketRules.Of(bucket).Encryption is null)
            throw new S3Exception(
                S3Error.InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing the "
                + "object's metadata, storage class, website redirect location or encryption attributes.");
        if (!replacesTags && found.Object.Metadata.ContainsKey(MetadataKeys.Tags))
            _sources.AuthorizeTags(request, bucket, found.Object);
        var metadata = Describe(request, fields, found.Object, replacesMetadata, replacesTags);
        var condition = await _writer.JudgeAsync(request);
        using var hold = await services.Quotas.HoldAsync(
            request.Bucket, found.Object.SizeBytes, objects: 1, request.Aborted);
        var dataKey = services.Encryption.KeyOfWrite(request, fields, metadata);
        var stored = await _bodies.StoreCopyAsync(
            reader, 0, found.Object.SizeBytes, AlgorithmOf(fields, found.Object), request.Bucket.Id, request.Key,
            UploadOperation.Replace, metadata, dataKey, request.Aborted);
        var written = await _writer.PutAsync(request.Bucket, request.Key, condition, stored, metadata);
        hold?.Keep();
        await AnswerAsync(request, bucket, found.Object, written);
    }

    private ImmutableSortedDictionary<string, string> Describe(
        S3Request request, ObjectFields fields, IndexProtocol.ObjectRecord source, bool replacesMetadata,
        bool replacesTags)
    {
        var metadata = ObjectMetadata.None.ToBuilder();
        if (replacesMetadata)
            ObjectHeaders.ReadServed(fields, metadata);
        else
            metadata.AddRange(source.Metadata.Where(entry => ObjectHeaders.IsServed(entry.Key)));
        ObjectHeaders.ReadRedirect(fields, metadata);
        ObjectHeaders.ReadStorageClass(fields, metadata);
        if (replacesTags)
            ObjectHeaders.ReadTags(fields, metadata);
        else if (source.Metadata.TryGetValue(MetadataKeys.Tags, out var tags))
            metadata[MetadataKeys.Tags] = tags;
        _writer.Complete(request, fields, AclHeaders.From(request.Headers), metadata);
        return metadata.ToImmutable();
    }

    private static bool IsReplace(ObjectFields fields, string directive) => fields.Find(directive) switch
    {
        null or "" or "COPY" => false,
        "REPLACE" => true,
        var other => throw ObjectErrors.InvalidArgument(
            directive.Contains("tagging", StringComparison.Ordinal)
                ? "Unknown tagging directive."
                : "Unknown metadata directive.",
            directive, other),
    };

    private static bool ChangesMore(ObjectFields fields) =>
        fields.Find("x-amz-storage-class") is not null || fields.Find("x-amz-website-redirect-location") is not null
        || fields.All.Any(field => field.Key.StartsWith(
            "x-amz-server-side-encryption", StringComparison.OrdinalIgnoreCase));

    /// <summary>The checksum that is asked for, else the one that the source has.</summary>
    private static ChecksumAlgorithm AlgorithmOf(ObjectFields fields, IndexProtocol.ObjectRecord source)
    {
        if (fields.Find("x-amz-checksum-algorithm") is { Length: > 0 } name)
            return ChecksumAlgorithms.ParseWanted(name);
        foreach (var algorithm in ChecksumAlgorithms.All)
            if (source.Metadata.ContainsKey(algorithm.MetadataKey())) return algorithm;
        return ChecksumAlgorithms.Default;
    }

    private async Task AnswerAsync(
        S3Request request, BucketInfo sourceBucket, IndexProtocol.ObjectRecord source,
        IndexProtocol.ObjectRecord written)
    {
        ObjectVersions.WriteMade(request.Response, written);
        if (ObjectVersions.IsShown(sourceBucket.Versioning, source))
            request.Response.Headers["x-amz-copy-source-version-id"] = source.VersionId.ToString();
        EncryptionHeaders.Write(request, written.Metadata);
        LifecycleHeaders.Write(request, services.Settings.Calendar, written);
        using var xml = new S3Xml("CopyObjectResult");
        xml.Time("LastModified", Conditions.LastModified(written)).Text("ETag", $"\"{written.ETag}\"");
        ObjectHeaders.WriteChecksums(xml, written.Metadata);
        await xml.SendAsync(request.Http);
    }
}
