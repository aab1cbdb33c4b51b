using System.Collections.Frozen;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>What makes a statement public, as S3 has it for GetBucketPolicyStatus and the public access
/// block.</summary>
internal static class PublicStatement
{
    /// <summary>Keys that a client cannot choose at will.</summary>
    private static readonly FrozenSet<string> FixingKeys = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "aws:SourceIp", "aws:SourceArn", "aws:SourceVpc", "aws:SourceVpce", "aws:SourceAccount", "aws:SourceOwner",
        "aws:userid", "aws:username", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID",
        "s3:DataAccessPointAccount", "s3:DataAccessPointArn", "s3:x-amz-server-side-encryption-aws-kms-key-id");

    public static bool Is(PolicyStatement statement) =>
        statement.IsAllow
        && statement.Principals is { } principals
        && (principals.IsEverybody || statement.ExceptPrincipals)
        && !statement.Conditions.Any(IsFixing);

    // With ForAllValues and IfExists it also holds where the request says nothing.
    private static bool IsFixing(PolicyCondition condition) =>
        condition is { IsNegated: false, IfExists: false, MustBeMissing: null }
        && condition.Set != ConditionSet.All
        && FixingKeys.Contains(condition.Key)
        && condition.Values.All(value => value.IsFixed);
}
