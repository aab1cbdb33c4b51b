using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Buckets;

/// <summary>Changes of a bucket's configuration.</summary>
internal static class BucketChanges
{
    /// <summary>Sets one part of the configuration, or removes it.</summary>
    /// <param name="value">Null removes.</param>
    /// <exception cref="S3Exception">The bucket is gone.</exception>
    public static Task ConfigureAsync(this ObjectStore store, S3Request request, string key, string? value) =>
        store.ConfigureAsync(request, ifVersion: null, (key, value));

    /// <param name="ifVersion">The bucket's version that the change was checked against; null: any.</param>
    /// <exception cref="S3Exception">The bucket is gone, or has changed meanwhile.</exception>
    public static async Task ConfigureAsync(
        this ObjectStore store, S3Request request, long? ifVersion, params (string Key, string? Value)[] changes)
    {
        var all = changes.ToImmutableSortedDictionary(
            change => change.Key, change => change.Value, StringComparer.Ordinal);
        var answer = await store.ConfigureBucketAsync(request.BucketName, all, ifVersion, request.By, request.Aborted);
        switch (answer)
        {
            case BucketProtocol.Configured:
                return;
            case BucketProtocol.Conflict:
                throw new S3Exception(DocumentErrors.OperationAborted);
            case BucketProtocol.NoSuchBucket:
                throw new S3Exception(S3Error.NoSuchBucket);
            default:
                throw new InvalidOperationException($"The keeper of buckets answered {answer}");
        }
    }
}
