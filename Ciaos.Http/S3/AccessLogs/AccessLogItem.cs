using Ciaos.Actors.Index;

namespace Ciaos.Http.S3.AccessLogs;

/// <summary>An object that a request touches beside the one that it names.</summary>
/// <param name="Operation">As <see cref="AccessLogOperations"/> calls it.</param>
/// <param name="Version">Null: none was named.</param>
/// <param name="SizeBytes">Null: not known.</param>
/// <param name="Error">Null: it was done.</param>
internal sealed record AccessLogItem(
    BucketProtocol.BucketInfo Bucket, string Operation, string Key, string? Version, long? SizeBytes,
    S3Error? Error);
