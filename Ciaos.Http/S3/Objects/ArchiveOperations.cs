using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Objects;

/// <summary>RestoreObject. Nothing is ever archived here, whatever its storage class says: so there is nothing to bring
/// back, and a client that waits for it may read at once.</summary>
internal sealed class ArchiveOperations(S3Services services)
{
    private readonly ObjectFinder _finder = new(services);

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Object, HttpMethods.Post, "restore", "RestoreObject", RestoreAsync);

    private async Task RestoreAsync(S3Request request)
    {
        var found = (await _finder.FindAsync(request, "s3:RestoreObject")).Object;
        if (ObjectHeaders.StorageClassOf(found) is not ("GLACIER" or "DEEP_ARCHIVE"))
            throw new S3Exception(
                S3Error.InvalidObjectState, "Restore is not allowed for the object's current storage class");
        ObjectVersions.Write(request.Response, request.Bucket.Versioning, found);
    }
}
