using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Buckets;

/// <summary>Versioning, and object lock, which cannot be without it.</summary>
internal sealed class VersioningHandlers(S3Services services)
{
    public Task GetAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:GetBucketVersioning");
        return request.SendDocumentAsync(new VersioningConfiguration(request.Bucket.Versioning switch
        {
            IndexProtocol.VersioningState.Enabled => VersioningConfiguration.Enabled,
            IndexProtocol.VersioningState.Suspended => VersioningConfiguration.Suspended,
            _ => null,
        }));
    }

    public async Task PutAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:PutBucketVersioning");
        var asked = await request.ReadDocumentAsync<VersioningConfiguration>();
        var isEnabled = asked.Status == VersioningConfiguration.Enabled;
        if (!isEnabled && BucketRules.Of(request.Bucket).Lock is not null)
        {
            throw new S3Exception(
                S3Error.InvalidBucketState,
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.");
        }

        // Only what was read was checked: object lock must not come in between.
        await services.Store.ConfigureAsync(
            request, isEnabled ? null : request.Bucket.Version,
            (BucketConfig.Versioning, isEnabled ? "enabled" : "suspended"));
        await request.SendStatus(StatusCodes.Status200OK);
    }

    public Task GetLockAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:GetBucketObjectLockConfiguration");
        return request.SendDocumentAsync(BucketRules.Of(request.Bucket).Lock
            ?? throw new S3Exception(S3Error.ObjectLockConfigurationNotFound));
    }

    public async Task PutLockAsync(S3Request request)
    {
        services.Access.Demand(request, "s3:PutBucketObjectLockConfiguration");
        var asked = await request.ReadDocumentAsync<ObjectLockConfiguration>();
        if (request.Bucket.Versioning is not IndexProtocol.VersioningState.Enabled)
        {
            throw new S3Exception(
                S3Error.InvalidBucketState, "Versioning must be 'Enabled' on the bucket to apply Object Lock.");
        }

        await services.Store.ConfigureAsync(
            request, request.Bucket.Version, (BucketConfig.ObjectLock, asked.ToText()));
        await request.SendStatus(StatusCodes.Status200OK);
    }
}
