using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Objects;

/// <summary>GetObjectTagging, PutObjectTagging and DeleteObjectTagging.</summary>
internal sealed class ObjectTagging(S3Services services)
{
    private readonly ObjectFinder _finder = new(services);
    private readonly MetadataChanges _changes = new(services);

    public void Register(S3Operations operations)
    {
        operations.Add(S3Scope.Object, HttpMethods.Get, "tagging", "GetObjectTagging", GetAsync);
        operations.Add(S3Scope.Object, HttpMethods.Put, "tagging", "PutObjectTagging", PutAsync);
        operations.Add(S3Scope.Object, HttpMethods.Delete, "tagging", "DeleteObjectTagging", DeleteAsync);
    }

    private async Task GetAsync(S3Request request)
    {
        var found = (await _finder.FindAsync(request, "s3:GetObjectTagging")).Object;
        ObjectVersions.Write(request.Response, request.Bucket.Versioning, found);
        using var xml = TagSet.FromMetadata(found.Metadata.GetValueOrDefault(MetadataKeys.Tags)).ToXml();
        await xml.SendAsync(request.Http);
    }

    private async Task PutAsync(S3Request request)
    {
        // Policies may speak of the tags that are to be set.
        var tags = TagSet.ParseOfObject(await MetadataChanges.ReadDocumentAsync(request));
        var found = (await _finder.FindAsync(request, "s3:PutObjectTagging", requestTags: tags)).Object;
        await SetAsync(request, found, tags.Tags.IsEmpty ? null : tags.ToHeader());
    }

    private async Task DeleteAsync(S3Request request)
    {
        var found = (await _finder.FindAsync(request, "s3:DeleteObjectTagging")).Object;
        await SetAsync(request, found, null);
        request.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task SetAsync(S3Request request, IndexProtocol.ObjectRecord found, string? tags)
    {
        await _changes.ApplyAsync(found, [new(MetadataKeys.Tags, tags)]);
        ObjectVersions.Write(request.Response, request.Bucket.Versioning, found);
    }
}
