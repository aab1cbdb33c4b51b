using Ciaos.Actors.Index;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Objects;

/// <summary>Version ids as clients see them.</summary>
internal static class ObjectVersions
{
    public const string HeaderName = "x-amz-version-id";
    public const string MarkerHeaderName = "x-amz-delete-marker";

    /// <summary>Of the query; null where it names none.</summary>
    /// <exception cref="S3Exception">It is none.</exception>
    public static IndexProtocol.VersionId? Find(S3Query query) =>
        query.Find("versionId") is { } text ? Parse(text) : null;

    /// <exception cref="S3Exception">It is none.</exception>
    public static IndexProtocol.VersionId Parse(string text)
    {
        if (text.Length == 0)
            throw ObjectErrors.InvalidArgument("Version id cannot be the empty string", "versionId", text);
        return IndexProtocol.VersionId.TryParse(text, out var version)
            ? version
            : throw ObjectErrors.InvalidArgument("Invalid version id specified", "versionId", text);
    }

    /// <summary>Tells the version, unless the bucket never had any.</summary>
    public static void Write(
        HttpResponse response, IndexProtocol.VersioningState versioning, IndexProtocol.ObjectRecord found)
    {
        if (IsShown(versioning, found)) response.Headers[HeaderName] = found.VersionId.ToString();
    }

    /// <summary>Tells the version that a write has made. A null version is none to come back to: the next write
    /// replaces it.</summary>
    public static void WriteMade(HttpResponse response, IndexProtocol.ObjectRecord made)
    {
        if (!made.VersionId.IsNull) response.Headers[HeaderName] = made.VersionId.ToString();
    }

    public static bool IsShown(IndexProtocol.VersioningState versioning, IndexProtocol.ObjectRecord found) =>
        versioning != IndexProtocol.VersioningState.Off || !found.VersionId.IsNull;
}
