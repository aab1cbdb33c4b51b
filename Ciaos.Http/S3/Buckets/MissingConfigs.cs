using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Buckets;

/// <summary>The parts of a bucket's configuration that cannot be set here, and so are always missing: clients that take
/// stock of a bucket want to hear that, and no less. To set one is refused as not implemented.</summary>
internal sealed class MissingConfigs(S3Services services, S3Operations operations)
{
    public void Add()
    {
        AddReplication();
        AddNamed("analytics", "Analytics", "ListBucketAnalyticsConfigurationsResult");
        AddNamed("inventory", "Inventory", "ListInventoryConfigurationsResult");
        AddNamed("metrics", "Metrics", "ListMetricsConfigurationsResult");
        AddNamed("intelligent-tiering", "IntelligentTiering", "ListBucketIntelligentTieringConfigurationsOutput");
    }

    private void AddReplication()
    {
        const string read = "s3:GetReplicationConfiguration", write = "s3:PutReplicationConfiguration";
        Refuse(
            HttpMethods.Get, "replication", "GetBucketReplication", read,
            DocumentErrors.ReplicationConfigurationNotFound);
        Refuse(HttpMethods.Put, "replication", "PutBucketReplication", write, S3Error.NotImplemented);
        operations.Add(S3Scope.Bucket, HttpMethods.Delete, "replication", "DeleteBucketReplication", request =>
        {
            services.Access.Demand(request, write);
            return request.SendStatus(StatusCodes.Status204NoContent);
        });
    }

    /// <summary>A configuration of which there may be several, each with an id of its own.</summary>
    /// <param name="root">Of the document that lists them.</param>
    private void AddNamed(string subResource, string kind, string root)
    {
        var (read, write) = ($"s3:Get{kind}Configuration", $"s3:Put{kind}Configuration");
        operations.Add(S3Scope.Bucket, HttpMethods.Get, subResource, $"GetBucket{kind}Configuration", async request =>
        {
            services.Access.Demand(request, read);
            if (request.Query.Has("id")) throw new S3Exception(DocumentErrors.NoSuchConfiguration);
            using var xml = new S3Xml(root);
            await xml.Flag("IsTruncated", false).SendAsync(request.Http);
        });
        Refuse(HttpMethods.Put, subResource, $"PutBucket{kind}Configuration", write, S3Error.NotImplemented);
        Refuse(
            HttpMethods.Delete, subResource, $"DeleteBucket{kind}Configuration", write,
            DocumentErrors.NoSuchConfiguration);
    }

    private void Refuse(string method, string subResource, string name, string action, S3Error error) =>
        operations.Add(S3Scope.Bucket, method, subResource, name, request =>
        {
            services.Access.Demand(request, action);
            throw new S3Exception(error);
        });
}
