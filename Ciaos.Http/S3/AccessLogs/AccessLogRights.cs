using Ciaos.Actors.Identity.Policies;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using static Ciaos.Actors.Index.BucketProtocol;

namespace Ciaos.Http.S3.AccessLogs;

/// <summary>
/// Whether a bucket takes the access log of another. As in S3, its owner has to say so: by a policy that allows the
/// service to put objects at the prefix of the log, or by an ACL that lets the group of log delivery write.
/// </summary>
internal static class AccessLogRights
{
    public const string Service = "logging.s3.amazonaws.com";

    /// <param name="prefix">Of the keys of log objects.</param>
    public static bool MayDeliver(S3Access access, BucketInfo source, BucketInfo target, string prefix)
    {
        var rules = BucketRules.Of(target);
        var asked = new PolicyRequest(
            "s3:PutObject", new AccessTarget(target, prefix).Arn, Principal.OfService(Service),
            new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
            {
                ["aws:securetransport"] = ["true"],
                ["aws:sourcearn"] = [new AccessTarget(source).Arn],
                ["aws:sourceaccount"] = [access.OwnerIdOf(source)],
            });
        return rules.Policy?.Evaluate(asked) switch
        {
            PolicyDecision.Allow => true,
            PolicyDecision.Deny => false,
            _ => !rules.IsOwnerEnforced && rules.Acl is { } acl && acl.Grants.Any(MeansDelivery),
        };
    }

    private static bool MeansDelivery(AclGrant grant) =>
        grant is
        {
            Kind: GranteeKind.Group, Grantee: AclGrant.LogDelivery,
            Permission: AclGrant.Write or AclGrant.FullControl,
        };
}
