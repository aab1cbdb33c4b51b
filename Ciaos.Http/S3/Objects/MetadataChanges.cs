using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Bodies;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>Changes of metadata that leave an object's content, its version and its time as they are.</summary>
internal sealed class MetadataChanges(S3Services services)
{
    private const int MaxDocumentBytes = 256 * 1024;

    private static readonly ImmutableSortedDictionary<string, string?> NoChanges =
        ImmutableSortedDictionary.Create<string, string?>(StringComparer.Ordinal);

    /// <summary>The document that an operation brings as its body.</summary>
    public static async Task<byte[]> ReadDocumentAsync(S3Request request)
    {
        using var body = S3Bodies.Open(request.Http, request.Caller, new S3BodyOptions(MaxDocumentBytes));
        return await S3Bodies.ReadAllAsync(body, request.Aborted);
    }

    /// <summary>Changes that very version, whatever it was changed to meanwhile.</summary>
    /// <param name="changes">Null values remove.</param>
    /// <exception cref="S3Exception">It is gone.</exception>
    public async Task ApplyAsync(ObjectRecord found, IEnumerable<KeyValuePair<string, string?>> changes)
    {
        if (!await TryApplyAsync(found, changes, ifVersion: null))
            throw new InvalidOperationException("A change without a condition was refused by one");
    }

    /// <summary>False: it was changed since it was looked up.</summary>
    /// <exception cref="S3Exception">It is gone.</exception>
    public Task<bool> TryApplyAsync(ObjectRecord found, IEnumerable<KeyValuePair<string, string?>> changes) =>
        TryApplyAsync(found, changes, found.Version);

    private async Task<bool> TryApplyAsync(
        ObjectRecord found, IEnumerable<KeyValuePair<string, string?>> changes, long? ifVersion)
    {
        var command = new ChangeMetadata(
            found.Bucket, found.Key, found.VersionId, ifVersion, NoChanges.SetItems(changes));
        return await services.Store.SendAsync(command, CancellationToken.None) switch
        {
            Changed => true,
            PreconditionFailed => false,
            KeyNotFound => throw new S3Exception(S3Error.NoSuchKey),
            var other => throw ObjectReplies.Refusal(other),
        };
    }
}
