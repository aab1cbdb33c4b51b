using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Objects;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Auth;

/// <summary>Some SDKs write headers such as <c>x-amz-acl</c> into the query of an address that they presign: whoever
/// uses the address cannot leave them out. They count as if they had come as headers.</summary>
internal static class PresignedHeaders
{
    private const string Prefix = "x-amz-";

    // What belongs to the signature itself; and digests of a body that nobody knew when the address was made.
    private static readonly HashSet<string> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders", "x-amz-signature",
        "x-amz-security-token", "x-amz-content-sha256", "x-amz-sdk-checksum-algorithm",
    };

    /// <summary>To be called once the signature was found to be right.</summary>
    public static void Apply(IHeaderDictionary headers, S3Query query)
    {
        if (!PresignedQuery.IsIn(query)) return;
        foreach (var (name, value) in query.Parameters)
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !Others.Contains(name)
                && ChecksumAlgorithms.ParseHeader(name) is null)
                headers.TryAdd(name, HeaderText.ToWire(value));
        }
    }
}
