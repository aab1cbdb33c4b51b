using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.AccessLogs;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>Finds the object that is to be copied, or that a part is to be copied from.</summary>
internal sealed class CopySourceFinder(S3Services services)
{
    private readonly ObjectFinder _finder = new(services);

    /// <summary>For reading: the answer must be opened, and its reader disposed of.</summary>
    /// <exception cref="S3Exception">There is none, the caller may not read it, or the conditions on it do not
    /// hold.</exception>
    public async Task<(BucketInfo Bucket, IndexProtocol.Found Found)> FindAsync(S3Request request, CopySource source)
    {
        var bucket = await services.Store.FindBucketInfoAsync(source.Bucket, request.Aborted)
            ?? throw new S3Exception(S3Error.NoSuchBucket) { Details = [new("BucketName", source.Bucket)] };
        services.Access.DemandExpectedOwner(request, bucket, S3Access.ExpectedSourceOwner);
        var found = await FindAsync(request, bucket, source);
        if (S3Conditions.ReadOfSource(request.Headers).JudgeRead(found.Object) == Raw.Verdict.Proceed)
        {
            request.Log(new AccessLogItem(
                bucket, AccessLogOperations.CopySource, source.Key.Value, source.Version?.ToString(),
                found.Object.SizeBytes, Error: null));
            return (bucket, found);
        }

        services.Store.EndRead(found);
        throw new S3Exception(S3Error.PreconditionFailed);
    }

    /// <summary>Tags go with a copy only where the caller may read them.</summary>
    /// <exception cref="S3Exception">The caller may not.</exception>
    public void AuthorizeTags(S3Request request, BucketInfo bucket, IndexProtocol.ObjectRecord source) =>
        services.Access.Demand(request, "s3:GetObjectTagging", new AccessTarget(bucket, source.Key.Value, source));

    private async Task<IndexProtocol.Found> FindAsync(S3Request request, BucketInfo bucket, CopySource source)
    {
        try
        {
            return await _finder.FindAsync(
                request, bucket, source.Key, source.Version, "s3:GetObject", forReading: true);
        }
        catch (S3Exception marker) when (marker.Error == S3Error.MethodNotAllowed)
        {
            throw new S3Exception(
                S3Error.InvalidRequest,
                "The source of a copy request may not specifically refer to a delete marker by version id.");
        }
        catch (S3Exception missing) when (missing.Error == S3Error.NoSuchKey)
        {
            // What the headers say of a marker would be taken for the copy's.
            throw new S3Exception(S3Error.NoSuchKey) { Details = missing.Details };
        }
    }
}
