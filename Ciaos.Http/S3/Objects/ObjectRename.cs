using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>RenameObject: the object gets the key that the request names, at one moment and without a copy. It does not
/// take the place of another object.</summary>
internal sealed class ObjectRename(S3Services services)
{
    private const string SourceHeader = "x-amz-rename-source";

    private readonly ObjectFinder _finder = new(services);

    public void Register(S3Operations operations) =>
        operations.Add(S3Scope.Object, HttpMethods.Put, "renameObject", "RenameObject", RenameAsync);

    private async Task RenameAsync(S3Request request)
    {
        var bucket = request.Bucket;
        var from = SourceOf(request.Header(SourceHeader), bucket.Name);
        services.Access.Demand(request, "s3:PutObject", found: null);
        services.Access.Demand(request, "s3:DeleteObject", new AccessTarget(bucket, from.Value));
        if (bucket.Versioning != VersioningState.Off)
            throw new S3Exception(S3Error.InvalidRequest, "Objects of a versioned bucket cannot be renamed.");
        var source = (await _finder.FindAsync(request, bucket, from, null, "s3:GetObject")).Object;
        S3Conditions.CheckRead(S3Conditions.ReadOfRename(request.Headers), source);
        var reply = await services.Store.SendAsync(
            new Rename(bucket.Id, from, request.Key), CancellationToken.None);
        switch (reply)
        {
            case Renamed:
                return;
            case KeyNotFound:
                throw new S3Exception(S3Error.NoSuchKey);
            case KeyExists:
                throw new S3Exception(S3Error.PreconditionFailed, "There is an object of the new name already.");
            default:
                throw ObjectReplies.Refusal(reply);
        }
    }

    /// <summary>A key of the same bucket; some clients write the bucket before it, as in a copy source.</summary>
    private static ObjectKey SourceOf(string? header, string bucket)
    {
        if (!RequestTarget.TryDecode(header ?? "", out var path, out _)) path = HeaderText.FromWire(header!);
        if (path is ['/', ..]) path = path[1..];
        if (path.StartsWith($"{bucket}/", StringComparison.Ordinal)) path = path[(bucket.Length + 1)..];
        return ObjectKey.TryCreate(path, out var key, out _)
            ? key
            : throw ObjectErrors.InvalidArgument("The rename source is no key.", SourceHeader, header ?? "");
    }
}
