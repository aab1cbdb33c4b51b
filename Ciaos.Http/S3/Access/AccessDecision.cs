using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Access;

/// <summary>
/// Whether a request is allowed. In this order: what any policy denies is denied; the root user may everything; then
/// the user's own policies, the bucket's policy, and at last ownership and ACLs may allow it; else it is denied.
/// </summary>
internal static class AccessDecision
{
    public static bool Allows(AccessFacts facts)
    {
        if (facts.Identity is Verdict.Deny || facts.Session is Verdict.Deny or Verdict.None) return false;
        var isOwner = facts.Asker.Id == facts.BucketOwnerId;
        // However a policy has come out, the bucket's owner can always mend it.
        if (IsAboutPolicy(facts.Action) && (facts.Asker.IsRoot || (isOwner && !facts.Asker.IsLimited))) return true;
        if (facts.Policy is Verdict.Deny) return false;
        if (facts.Asker.IsRoot || facts.Identity is Verdict.Allow) return true;
        var isPolicyRestricted = facts.Block.RestrictPublicBuckets && facts.PolicyIsPublic && !isOwner;
        if (facts.Policy is Verdict.Allow && !isPolicyRestricted) return true;
        return AclAllows(facts, isOwner);
    }

    /// <summary>Whether what is allowed is so by an ACL alone: whoever asks owns neither bucket nor object, and no
    /// policy has allowed it.</summary>
    public static bool NeedsAcl(AccessFacts facts) =>
        !facts.Asker.IsRoot && facts.Identity is not Verdict.Allow && facts.Policy is not Verdict.Allow
        && (facts.Asker.Id is not { } id || (id != facts.BucketOwnerId && id != facts.ObjectOwnerId));

    /// <summary>Whether some policy denies it, whatever else allows it.</summary>
    public static bool IsDenied(AccessFacts facts) =>
        facts.Identity is Verdict.Deny || facts.Session is Verdict.Deny || facts.Policy is Verdict.Deny;

    /// <summary>What needs no bucket: making one, or listing one's own.</summary>
    public static bool AllowsOfService(Asker asker, Verdict identity, Verdict? session)
    {
        if (identity is Verdict.Deny || session is Verdict.Deny or Verdict.None) return false;
        return asker.IsRoot || identity is Verdict.Allow || (asker.Id is not null && !asker.IsLimited);
    }

    private static bool AclAllows(AccessFacts facts, bool isOwner)
    {
        var ownsBucket = isOwner && !facts.Asker.IsLimited;
        var ownsObject = facts.Asker.Id is { } id && facts.ObjectOwnerId == id && !(isOwner && facts.Asker.IsLimited);
        return facts.Action switch
        {
            "s3:ListBucket" or "s3:ListBucketVersions" or "s3:ListBucketMultipartUploads" =>
                Grants(facts, facts.BucketAcl, AclGrant.Read, isOwner),
            "s3:AbortMultipartUpload" or "s3:ListMultipartUploadParts" =>
                (facts.IsInitiator && !facts.Asker.IsLimited)
                || Grants(facts, facts.BucketAcl, AclGrant.Write, isOwner),
            "s3:PutObject" or "s3:DeleteObject" => Grants(facts, facts.BucketAcl, AclGrant.Write, isOwner),
            "s3:DeleteObjectVersion" => ownsBucket && Grants(facts, facts.BucketAcl, AclGrant.Write, isOwner),
            "s3:GetBucketAcl" => ownsBucket || Grants(facts, facts.BucketAcl, AclGrant.ReadAcp, isOwner),
            "s3:PutBucketAcl" => ownsBucket || Grants(facts, facts.BucketAcl, AclGrant.WriteAcp, isOwner),
            "s3:GetObject" or "s3:GetObjectVersion" or "s3:GetObjectAttributes" or "s3:GetObjectVersionAttributes" =>
                Grants(facts, facts.ObjectAcl, AclGrant.Read, isOwner),
            "s3:GetObjectAcl" or "s3:GetObjectVersionAcl" =>
                ownsObject || Grants(facts, facts.ObjectAcl, AclGrant.ReadAcp, isOwner),
            "s3:PutObjectAcl" or "s3:PutObjectVersionAcl" =>
                ownsObject || Grants(facts, facts.ObjectAcl, AclGrant.WriteAcp, isOwner),
            "s3:BypassGovernanceRetention" => ownsBucket,
            // ACLs know no such permission: these are the owner's.
            _ => ownsBucket || ownsObject,
        };
    }

    // A user who is limited by policies cannot get around them by what his own ACLs grant to himself.
    private static bool Grants(AccessFacts facts, GrantList? acl, string permission, bool isOwner) =>
        acl is not null && acl.Allows(permission, facts.Asker.Id)
        && !(isOwner && facts.Asker.IsLimited && !acl.Allows(permission, userId: null));

    private static bool IsAboutPolicy(string action) =>
        action is "s3:GetBucketPolicy" or "s3:PutBucketPolicy" or "s3:DeleteBucketPolicy";
}
