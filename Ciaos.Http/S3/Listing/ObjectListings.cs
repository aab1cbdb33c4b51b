using Ciaos.Actors.Index;

namespace Ciaos.Http.S3.Listing;

/// <summary><c>ListObjects</c> and <c>ListObjectsV2</c>: both are a GET of the bucket.</summary>
internal sealed class ObjectListings(S3Services services)
{
    private const string TypeParameter = "list-type";

    // Of Ceph. Pages are in order all the same.
    private const string UnorderedParameter = "allow-unordered";

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Bucket, "GET", null, "ListObjects", HandleAsync);

    private Task HandleAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:ListBucket");
        if (request.Query.Text(UnorderedParameter) == "true" && request.Query.Text("delimiter").Length > 0)
            throw ListErrors.InvalidArgument(
                "Common prefixes cannot be told without an order.", UnorderedParameter, "true");
        return request.Query.Text(TypeParameter) switch
        {
            "2" => ListSecondAsync(request),
            "" or "1" => ListFirstAsync(request),
            var other => throw ListErrors.InvalidArgument("Invalid list type", TypeParameter, other),
        };
    }

    private async Task ListFirstAsync(S3Request request)
    {
        var parameters = ListParameters.Read(request.Query, "max-keys");
        var marker = request.Query.Text("marker");
        var page = await ListAsync(request, parameters, marker);
        using var xml = new S3Xml("ListBucketResult");
        xml.Text("Name", request.BucketName);
        parameters.WriteToOlder(xml);
        xml.Text("Marker", parameters.Encoding.Apply(marker));
        // Without a delimiter a client goes on with the last key that it was given.
        if (page.HasMore && parameters.Delimiter.Length > 0)
            xml.Text("NextMarker", parameters.Encoding.Apply(page.Last));
        xml.Number("MaxKeys", parameters.Limit).Flag("IsTruncated", page.HasMore);
        Write(xml, page, parameters.Encoding, new ListOwners(services, request.Bucket));
        await xml.SendAsync(request.Http);
    }

    private async Task ListSecondAsync(S3Request request)
    {
        var parameters = ListParameters.Read(request.Query, "max-keys");
        var token = request.Query.Find(ContinuationToken.ParameterName);
        var startAfter = request.Query.Find("start-after");
        var after = string.IsNullOrEmpty(token) ? startAfter ?? "" : ContinuationToken.Read(token);
        var page = await ListAsync(request, parameters, after);
        using var xml = new S3Xml("ListBucketResult");
        xml.Text("Name", request.BucketName);
        parameters.WriteTo(xml);
        xml.Text("StartAfter", startAfter is null ? null : parameters.Encoding.Apply(startAfter))
            .Text("ContinuationToken", token);
        if (page.HasMore) xml.Text("NextContinuationToken", ContinuationToken.Write(page.Last));
        xml.Number("KeyCount", page.Entries.Count)
            .Number("MaxKeys", parameters.Limit)
            .Flag("IsTruncated", page.HasMore);
        var withOwners = request.Query.Text("fetch-owner").Equals("true", StringComparison.OrdinalIgnoreCase);
        Write(
            xml, page, parameters.Encoding, withOwners ? new ListOwners(services, request.Bucket) : null);
        await xml.SendAsync(request.Http);
    }

    private Task<KeyPage> ListAsync(S3Request request, ListParameters parameters, string after) =>
        services.Store.ListKeysAsync(
            request.Bucket.Id,
            new KeyQuery(parameters.Prefix, parameters.Delimiter, after, parameters.Limit),
            request.Aborted);

    // Schemas of S3 have all objects before all prefixes.
    private static void Write(S3Xml xml, KeyPage page, ListEncoding encoding, ListOwners? owners)
    {
        foreach (var (found, _) in page.Entries)
        {
            if (found is null) continue;
            xml.Open("Contents").Text("Key", encoding.Apply(found.Key.Value));
            ListXml.WriteContent(xml, found);
            owners?.WriteOwner(xml, found.Metadata);
            xml.Close();
        }

        foreach (var (_, prefix) in page.Entries)
            if (prefix is not null) ListXml.WriteCommonPrefix(xml, prefix, encoding);
    }
}
