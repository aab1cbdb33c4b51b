using Ciaos.Actors.Index;
using Ciaos.Storage;

namespace Ciaos.Specs.Objects;

/// <summary>A catalog without objects, which nobody is to ask for more.</summary>
internal sealed class NoListing : IObjectListing
{
    public Task CatchUpAsync(TimeSpan timeout, CancellationToken cancellation) => Task.CompletedTask;

    public ObjectPage List(BucketId bucket, string prefix, string after, int limit) => new([], HasMore: false);

    public KeyPage ListKeys(BucketId bucket, KeyQuery query) => throw new NotSupportedException();

    public VersionPage ListVersions(BucketId bucket, VersionQuery query) => throw new NotSupportedException();

    public UploadPage ListUploads(BucketId bucket, UploadQuery query) => throw new NotSupportedException();

    public PartPage? ListParts(
        BucketId bucket, ObjectKey key, IndexProtocol.UploadId upload, int afterNumber, int limit) =>
        throw new NotSupportedException();

    public BucketPage ListBuckets(string? owner, string prefix, string after, int limit) =>
        throw new NotSupportedException();

    public BucketUsage GetUsage(BucketId bucket) => throw new NotSupportedException();
}
