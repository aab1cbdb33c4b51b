using System.Collections.Frozen;

namespace Ciaos.Actors.Identity.Policies;

/// <summary>What S3 asks of a bucket's policy beyond its form: a slip in a name must not be taken for
/// protection.</summary>
internal static class BucketPolicyCheck
{
    private const string OfS3 = "s3:";

    /// <summary>Condition keys of S3, without those that have a name of the client's in them.</summary>
    private static readonly FrozenSet<string> Keys = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "s3:AccessGrantsInstanceArn", "s3:AccessPointNetworkOrigin", "s3:authType", "s3:DataAccessPointAccount",
        "s3:DataAccessPointArn", "s3:delimiter", "s3:if-match", "s3:if-none-match",
        "s3:InventoryAccessibleOptionalFields", "s3:isReplicationPauseRequest", "s3:locationconstraint",
        "s3:max-keys", "s3:ObjectCreationOperation", "s3:prefix", "s3:RequestObjectTagKeys", "s3:ResourceAccount",
        "s3:signatureAge", "s3:signatureversion", "s3:TlsVersion", "s3:VersionId");

    private static readonly string[] KeyStarts =
        ["s3:x-amz-", "s3:object-lock-", "s3:ExistingObjectTag/", "s3:RequestObjectTag/", "s3:BucketTag/"];

    /// <exception cref="PolicyFormatException">The statement makes no sense in a bucket's policy.</exception>
    public static void Require(PolicyStatement statement)
    {
        if (statement is { IsAllow: true, ExceptPrincipals: true })
            throw new PolicyFormatException("NotPrincipal goes with the effect Deny only");
        foreach (var action in statement.Actions)
            if (!IsAction(action)) throw new PolicyFormatException($"Policy has invalid action: {action.Text}");
        foreach (var condition in statement.Conditions)
            if (!IsKey(condition.Key))
                throw new PolicyFormatException($"Policy has an invalid condition key: {condition.Key}");
    }

    private static bool IsAction(PolicyPattern action) =>
        S3Actions.All.Any(name => action.Matches(name, request: null, ignoreCase: true));

    private static bool IsKey(string key) =>
        !key.StartsWith(OfS3, StringComparison.OrdinalIgnoreCase) || Keys.Contains(key)
        || KeyStarts.Any(start => key.StartsWith(start, StringComparison.OrdinalIgnoreCase));
}
