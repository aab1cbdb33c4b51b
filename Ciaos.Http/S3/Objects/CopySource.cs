using Ciaos.Actors.Index;
using Ciaos.Storage;

namespace Ciaos.Http.S3.Objects;

/// <summary>The header <c>x-amz-copy-source</c>: <c>bucket/key</c>, with or without a slash before it and
/// <c>?versionId=…</c> behind it, percent-encoded.</summary>
/// <param name="Version">Null: the current one.</param>
internal sealed record CopySource(string Bucket, ObjectKey Key, IndexProtocol.VersionId? Version)
{
    public const string HeaderName = "x-amz-copy-source";

    private const string VersionParameter = "?versionId=";

    /// <exception cref="S3Exception">It names no object.</exception>
    public static CopySource Parse(string header)
    {
        var path = header;
        IndexProtocol.VersionId? version = null;
        var question = path.LastIndexOf(VersionParameter, StringComparison.Ordinal);
        if (question >= 0)
        {
            version = ObjectVersions.Parse(path[(question + VersionParameter.Length)..]);
            path = path[..question];
        }

        // Some clients encode the slash between bucket and key too, so all of it is decoded before it is cut. Others
        // encode nothing: what cannot be decoded is taken as it stands.
        if (!RequestTarget.TryDecode(path, out var decoded, out _)) decoded = HeaderText.FromWire(path);
        if (decoded is ['/', ..]) decoded = decoded[1..];
        var slash = decoded.IndexOf('/');
        if (slash <= 0 || !ObjectKey.TryCreate(decoded[(slash + 1)..], out var key, out _)) throw Refuse(header);
        return new CopySource(decoded[..slash], key, version);
    }

    private static S3Exception Refuse(string header) => ObjectErrors.InvalidArgument(
        "Copy Source must mention the source bucket and key: sourcebucket/sourcekey", HeaderName, header);
}
