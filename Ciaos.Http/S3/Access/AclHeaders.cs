using System.Collections.Immutable;
using Ciaos.Http.S3.Documents;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Access;

/// <summary>An ACL as the headers of a request state it: by name, or grant by grant.</summary>
/// <param name="Canned">x-amz-acl, or null.</param>
/// <param name="Grants">Of the headers x-amz-grant-…</param>
internal sealed record AclHeaders(string? Canned, ImmutableArray<AclGrant> Grants)
{
    public const string CannedHeader = "x-amz-acl";

    /// <summary>The headers of explicit grants, and the permission that each one grants.</summary>
    public static readonly ImmutableArray<(string Header, string Permission)> GrantHeaders =
    [
        ("x-amz-grant-read", AclGrant.Read),
        ("x-amz-grant-write", AclGrant.Write),
        ("x-amz-grant-read-acp", AclGrant.ReadAcp),
        ("x-amz-grant-write-acp", AclGrant.WriteAcp),
        ("x-amz-grant-full-control", AclGrant.FullControl),
    ];

    private static readonly AclHeaders None = new(null, []);

    public bool IsEmpty => Canned is null && Grants.Length == 0;

    /// <exception cref="S3Exception">A header is malformed, or both kinds are there.</exception>
    public static AclHeaders From(IHeaderDictionary headers)
    {
        if (!AreIn(headers)) return None;
        var canned = headers.TryGetValue(CannedHeader, out var values) ? values.ToString() : null;
        ImmutableArray<AclGrant> grants =
        [
            .. GrantHeaders.SelectMany(kind => headers[kind.Header]
                .SelectMany(text => Parse(kind.Header, text ?? "", kind.Permission))),
        ];
        return canned is null || grants.Length == 0
            ? new AclHeaders(canned, grants)
            : throw new S3Exception(
                S3Error.InvalidRequest, "Specifying both Canned ACLs and Header Grants is not allowed");
    }

    public static bool AreIn(IHeaderDictionary headers)
    {
        if (headers.ContainsKey(CannedHeader)) return true;
        foreach (var (header, _) in GrantHeaders)
            if (headers.ContainsKey(header)) return true;
        return false;
    }

    /// <summary>The ACL that something new gets; private where nothing was said.</summary>
    /// <param name="ownerId">Of what gets the ACL.</param>
    public GrantList Resolve(string ownerId, string bucketOwnerId, Grantees users)
    {
        if (Grants.Length > 0) return users.Resolve(Grants);
        return Canned is null ? GrantList.Private(ownerId) : CannedAcl.Of(Canned, ownerId, bucketOwnerId);
    }

    // Such as: id="79a5…", emailAddress="a@b.org", uri="http://…"
    private static IEnumerable<AclGrant> Parse(string header, string text, string permission)
    {
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            var value = pair.Length == 2 ? pair[1].Trim('"') : "";
            yield return pair[0].ToLowerInvariant() switch
            {
                "id" when value.Length > 0 => new AclGrant(GranteeKind.User, value, permission),
                "emailaddress" when value.Length > 0 => new AclGrant(GranteeKind.Email, value, permission),
                "uri" when value.Length > 0 => AclGrant.ToGroup(value, permission),
                _ => throw DocumentErrors.InvalidArgument("Argument format not recognized", header, text),
            };
        }
    }
}
