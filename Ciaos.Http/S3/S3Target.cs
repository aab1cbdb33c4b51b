using Ciaos.Storage;

namespace Ciaos.Http.S3;

/// <summary>What a request is about: the service, a bucket, or an object of it.</summary>
/// <param name="Bucket">Null for the service itself.</param>
/// <param name="Key">Null for the bucket itself.</param>
internal sealed record S3Target(string? Bucket, ObjectKey? Key, S3Query Query)
{
    /// <summary>Bucket and key as a path, for the texts of errors.</summary>
    public string Resource => Key is { } key ? $"/{Bucket}/{key.Value}" : $"/{Bucket}";

    public S3Scope Scope => Bucket is null ? S3Scope.Service : Key is null ? S3Scope.Bucket : S3Scope.Object;

    /// <summary>Path style (<c>/bucket/key</c>), or virtual-host style where the host is a bucket's name before one of
    /// the node's domains. The path is decoded exactly once, and nothing in it is resolved: dots and doubled slashes
    /// are a part of the key.</summary>
    /// <param name="domains">Such as <c>s3.example.com</c>: then <c>photos.s3.example.com</c> means the bucket
    /// photos.</param>
    /// <exception cref="S3Exception">The path cannot be decoded, or the key is none.</exception>
    public static S3Target Parse(string rawTarget, string host, IReadOnlyList<string> domains)
    {
        var target = RequestTarget.Parse(rawTarget);
        var query = S3Query.Parse(target.Query);
        var path = target.Path;
        if (path is ['/', ..]) path = path[1..];
        var bucket = BucketOf(host, domains);
        if (bucket is null)
        {
            if (path.IsEmpty) return new S3Target(null, null, query);
            var slash = path.IndexOf('/');
            bucket = Decode(slash < 0 ? path : path[..slash]);
            path = slash < 0 ? default : path[(slash + 1)..];
            if (bucket.Length == 0) throw new S3Exception(S3Error.InvalidBucketName);
        }

        if (path.IsEmpty) return new S3Target(bucket, null, query);
        var text = Decode(path);
        if (ObjectKey.TryCreate(text, out var key, out var error))
            return new S3Target(bucket, key, query);
        throw new S3Exception(text.Length > ObjectKey.MaxBytes / 4 ? S3Error.KeyTooLong : S3Error.InvalidUri, error);
    }

    /// <summary>For logs.</summary>
    public override string ToString() => Resource;

    private static string? BucketOf(string host, IReadOnlyList<string> domains)
    {
        var name = host.AsSpan();
        var colon = name.LastIndexOf(':');
        if (colon >= 0 && name[^1] != ']') name = name[..colon];
        foreach (var domain in domains)
        {
            if (name.Length > domain.Length + 1 && name[^(domain.Length + 1)] == '.'
                && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase))
                return new string(name[..^(domain.Length + 1)]).ToLowerInvariant();
        }

        return null;
    }

    private static string Decode(ReadOnlySpan<char> encoded) =>
        RequestTarget.TryDecode(encoded, out var text, out var error)
            ? text
            : throw new S3Exception(S3Error.InvalidUri, error);
}

internal enum S3Scope
{
    Service,
    Bucket,
    Object,
}
