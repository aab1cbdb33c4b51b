using Microsoft.AspNetCore.Http;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Multipart;

/// <summary>
/// What the request that began an upload said of the object to be. Policies may ask for it, such as for an ACL that
/// gives the bucket's owner full control, and parts and completions, which do not say it again, are writes like any
/// other: so they are judged as if they had said it.
/// </summary>
internal static class BegunWith
{
    /// <summary>Of the upload's metadata only: headers and values, written like a query.</summary>
    public const string Key = "begun-with";

    // Not all headers: a key of the client's own must never be kept.
    private static readonly string[] Kept =
    [
        "x-amz-acl", "x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-read-acp", "x-amz-grant-write-acp",
        "x-amz-grant-full-control", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-customer-algorithm", "x-amz-storage-class", "x-amz-tagging",
        "x-amz-website-redirect-location", "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date",
        "x-amz-object-lock-legal-hold",
    ];

    public static void Write(IHeaderDictionary headers, IDictionary<string, string> uploadMetadata)
    {
        var said = Kept.Where(headers.ContainsKey)
            .Select(name => $"{name}={Uri.EscapeDataString(headers[name].ToString())}").ToList();
        if (said.Count > 0) uploadMetadata[Key] = string.Join('&', said);
    }

    /// <summary>Lets the caller write the object that the request names, as a part of that upload.</summary>
    /// <param name="upload">Null: there is none. The caller is told only if he may write.</param>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public static void Demand(S3Services services, S3Request request, UploadRecord? upload)
    {
        var headers = request.Headers;
        var added = new List<string>();
        foreach (var (name, value) in S3Query.Parse(upload?.Metadata.GetValueOrDefault(Key)).Parameters)
            if (headers.TryAdd(name, value)) added.Add(name);
        try
        {
            services.Access.Demand(request, "s3:PutObject", found: null);
        }
        finally
        {
            foreach (var name in added) headers.Remove(name);
        }
    }
}
