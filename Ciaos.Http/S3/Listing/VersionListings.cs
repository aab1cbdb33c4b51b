using Ciaos.Actors.Index;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Listing;

/// <summary><c>ListObjectVersions</c>: all that a bucket holds, older versions and delete markers too.</summary>
internal sealed class VersionListings(S3Services services)
{
    private const string VersionMarkerParameter = "version-id-marker";

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Bucket, "GET", "versions", "ListObjectVersions", HandleAsync);

    private async Task HandleAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:ListBucketVersions");
        var query = request.Query;
        var parameters = ListParameters.Read(query, "max-keys");
        var (keyMarker, versionMarker) = (query.Text("key-marker"), query.Text(VersionMarkerParameter));
        var page = await services.Store.ListVersionsAsync(
            request.Bucket.Id,
            new VersionQuery(
                parameters.Prefix, parameters.Delimiter, keyMarker, ParseMarker(keyMarker, versionMarker),
                parameters.Limit),
            request.Aborted);
        using var xml = new S3Xml("ListVersionsResult");
        xml.Text("Name", request.BucketName);
        parameters.WriteTo(xml);
        xml.Text("KeyMarker", parameters.Encoding.Apply(keyMarker)).Text("VersionIdMarker", versionMarker);
        if (page.HasMore)
            xml.Text("NextKeyMarker", parameters.Encoding.Apply(page.LastKey))
                .Text("NextVersionIdMarker", page.LastVersion?.ToString());
        xml.Number("MaxKeys", parameters.Limit).Flag("IsTruncated", page.HasMore);
        Write(xml, page, parameters.Encoding, new ListOwners(services, request.Bucket));
        await xml.SendAsync(request.Http);
    }

    private static VersionId? ParseMarker(string keyMarker, string versionMarker)
    {
        if (versionMarker.Length == 0) return null;
        if (keyMarker.Length == 0)
            throw ListErrors.InvalidArgument(
                "A version-id marker cannot be specified without a key marker.", VersionMarkerParameter, versionMarker);
        return VersionId.TryParse(versionMarker, out var version)
            ? version
            : throw ListErrors.InvalidArgument(
                "Invalid version id specified", VersionMarkerParameter, versionMarker);
    }

    private static void Write(S3Xml xml, VersionPage page, ListEncoding encoding, ListOwners owners)
    {
        foreach (var (found, _) in page.Entries)
        {
            if (found is null) continue;
            xml.Open(found.IsDeleteMarker ? "DeleteMarker" : "Version")
                .Text("Key", encoding.Apply(found.Key.Value))
                .Text("VersionId", found.VersionId.ToString())
                .Flag("IsLatest", found.IsCurrent);
            if (found.IsDeleteMarker) xml.Time("LastModified", found.Modified);
            else ListXml.WriteContent(xml, found);
            owners.WriteOwner(xml, found.Metadata);
            xml.Close();
        }

        foreach (var (_, prefix) in page.Entries)
            if (prefix is not null) ListXml.WriteCommonPrefix(xml, prefix, encoding);
    }
}
