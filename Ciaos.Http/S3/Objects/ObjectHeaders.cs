using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Objects;

/// <summary>Between the headers of requests and answers and an object's metadata (<see cref="MetadataKeys"/>). What
/// must be known of the bucket too, such as for object lock, is not here.</summary>
internal static class ObjectHeaders
{
    public const string DefaultContentType = "binary/octet-stream";
    public const string StandardClass = "STANDARD";

    private const int MaxUserMetadataBytes = 2 * 1024;
    private const string UserHeaderPrefix = "x-amz-meta-";
    private const string AwsChunked = "aws-chunked";

    /// <summary>What the name of a header consists of (RFC 9110, 5.6.2).</summary>
    private static readonly SearchValues<char> TokenLetters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly HashSet<string> StorageClasses = new(StringComparer.Ordinal)
    {
        StandardClass, "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
        "DEEP_ARCHIVE", "OUTPOSTS", "GLACIER_IR", "SNOW", "EXPRESS_ONEZONE",
    };

    /// <summary>Headers that are kept as they are and given back, by the names of their metadata.</summary>
    private static readonly string[] KeptHeaders =
    [
        MetadataKeys.ContentType, MetadataKeys.CacheControl, MetadataKeys.ContentDisposition,
        MetadataKeys.ContentEncoding, MetadataKeys.ContentLanguage, MetadataKeys.Expires,
    ];

    /// <summary>The parameters of a read by which they are overridden.</summary>
    private static readonly string[] Overrides = [.. KeptHeaders.Select(name => $"response-{name}")];

    /// <summary>Metadata of a new object, by what the client says: what it is and how it is to be served, user
    /// metadata, tags, storage class.</summary>
    /// <exception cref="S3Exception">Something of it is not allowed.</exception>
    public static ImmutableSortedDictionary<string, string> Read(ObjectFields fields)
    {
        var metadata = ObjectMetadata.None.ToBuilder();
        ReadServed(fields, metadata);
        ReadTags(fields, metadata);
        ReadRedirect(fields, metadata);
        ReadStorageClass(fields, metadata);
        return metadata.ToImmutable();
    }

    public static void ReadTags(ObjectFields fields, IDictionary<string, string> metadata)
    {
        if (fields.Find("x-amz-tagging") is { Length: > 0 } tags)
            metadata[MetadataKeys.Tags] = TagSet.ParseHeader(tags).ToHeader();
    }

    public static void ReadRedirect(ObjectFields fields, IDictionary<string, string> metadata)
    {
        if (fields.Find("x-amz-website-redirect-location") is { Length: > 0 } redirect)
            metadata[MetadataKeys.WebsiteRedirect] = CheckedRedirect(redirect);
    }

    /// <summary>That part of <see cref="Read"/> which a copy may take from its source instead.</summary>
    public static void ReadServed(ObjectFields fields, IDictionary<string, string> metadata)
    {
        foreach (var name in KeptHeaders)
        {
            if (fields.Find(name) is not { Length: > 0 } value) continue;
            if (name == MetadataKeys.ContentEncoding) value = WithoutChunking(value);
            if (value.Length > 0) metadata[name] = Sendable(name, value);
        }

        ReadUserMetadata(fields, metadata);
    }

    /// <summary>Whether <see cref="ReadServed"/> is what reads this metadata.</summary>
    public static bool IsServed(string name) =>
        IsKept(name) || name.StartsWith(MetadataKeys.UserPrefix, StringComparison.Ordinal);

    public static void ReadStorageClass(ObjectFields fields, IDictionary<string, string> metadata)
    {
        if (fields.Find("x-amz-storage-class") is not { Length: > 0 } storageClass) return;
        if (!StorageClasses.Contains(storageClass)) throw new S3Exception(S3Error.InvalidStorageClass);
        if (storageClass != StandardClass) metadata[MetadataKeys.StorageClass] = storageClass;
    }

    public static string StorageClassOf(IndexProtocol.ObjectRecord found) =>
        found.Metadata.GetValueOrDefault(MetadataKeys.StorageClass, StandardClass);

    /// <summary>The headers that the client gave with the object, and those that tell of its metadata.</summary>
    public static void Write(HttpResponse response, IndexProtocol.ObjectRecord found)
    {
        var headers = response.Headers;
        headers.ContentType = DefaultContentType;
        foreach (var (name, value) in found.Metadata)
        {
            if (IsKept(name))
                headers[name] = HeaderText.ToWire(value);
            else if (name.StartsWith(MetadataKeys.UserPrefix, StringComparison.Ordinal))
                headers[$"x-amz-{name}"] = HeaderText.ToWire(value);
        }

        if (found.Metadata.TryGetValue(MetadataKeys.StorageClass, out var storageClass))
            headers["x-amz-storage-class"] = storageClass;
        if (found.Metadata.TryGetValue(MetadataKeys.WebsiteRedirect, out var redirect))
            headers["x-amz-website-redirect-location"] = HeaderText.ToWire(redirect);
        if (found.Metadata.TryGetValue(MetadataKeys.Tags, out var tags) && tags.Length > 0)
            headers["x-amz-tagging-count"] =
                TagSet.FromMetadata(tags).Tags.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Headers of the answer that the query asks for in place of the object's own.</summary>
    /// <exception cref="S3Exception">The request is anonymous.</exception>
    public static void Override(HttpResponse response, S3Query query, bool isAnonymous)
    {
        for (var i = 0; i < Overrides.Length; i++)
        {
            if (query.Find(Overrides[i]) is not { } value) continue;
            if (isAnonymous)
                throw new S3Exception(
                    S3Error.InvalidRequest,
                    "Request specific response headers cannot be used for anonymous GET requests.");
            if (value.Length > 0) response.Headers[KeptHeaders[i]] = HeaderText.ToWire(Sendable(Overrides[i], value));
        }
    }

    /// <summary>The checksums of a whole object.</summary>
    public static void WriteChecksums(HttpResponse response, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (name, value) in metadata)
        {
            if (name == MetadataKeys.ChecksumType) response.Headers["x-amz-checksum-type"] = value;
            else if (name.StartsWith(MetadataKeys.ChecksumPrefix, StringComparison.Ordinal))
                response.Headers[$"x-amz-{name}"] = value;
        }
    }

    /// <summary>The same in XML, such as <c>ChecksumCRC32C</c>.</summary>
    public static void WriteChecksums(S3Xml xml, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var algorithm in ChecksumAlgorithms.All)
        {
            if (!metadata.TryGetValue(algorithm.MetadataKey(), out var checksum)) continue;
            xml.Text($"Checksum{algorithm.Name()}", checksum);
            xml.Text("ChecksumType", metadata.GetValueOrDefault(MetadataKeys.ChecksumType));
        }
    }

    private static bool IsKept(string name) => Array.IndexOf(KeptHeaders, name) >= 0;

    private static void ReadUserMetadata(ObjectFields fields, IDictionary<string, string> metadata)
    {
        var bytes = 0;
        foreach (var (field, value) in fields.StartingWith(UserHeaderPrefix))
        {
            var name = field[UserHeaderPrefix.Length..].ToLowerInvariant();
            if (name.Length == 0) continue;
            if (name.AsSpan().ContainsAnyExcept(TokenLetters))
                throw ObjectErrors.InvalidArgument("The name of user metadata is none of a header.", field, value);
            metadata[MetadataKeys.UserPrefix + name] = Sendable(field, value);
            bytes += name.Length + Encoding.UTF8.GetByteCount(value);
        }

        if (bytes > MaxUserMetadataBytes)
            throw new S3Exception(S3Error.MetadataTooLarge)
            {
                Details = [new("Size", $"{bytes}"), new("MaxSizeAllowed", $"{MaxUserMetadataBytes}")],
            };
    }

    private static string WithoutChunking(string encodings)
    {
        if (!encodings.Contains(AwsChunked, StringComparison.OrdinalIgnoreCase)) return encodings;
        var kept = encodings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(encoding => !encoding.Equals(AwsChunked, StringComparison.OrdinalIgnoreCase));
        return string.Join(", ", kept);
    }

    private static string Sendable(string name, string value) => HeaderText.IsSendable(value)
        ? value
        : throw new S3Exception(S3Error.InvalidArgument, $"The value of {name} holds control characters.")
        {
            Details = [new("ArgumentName", name)],
        };

    private static string CheckedRedirect(string target)
    {
        if (HeaderText.IsSendable(target)
            && (target.StartsWith('/') || target.StartsWith("http://", StringComparison.Ordinal)
                || target.StartsWith("https://", StringComparison.Ordinal)))
            return target;
        throw new S3Exception(ObjectErrors.InvalidRedirectLocation);
    }
}
