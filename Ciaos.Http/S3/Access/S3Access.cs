using System.Runtime.CompilerServices;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Identity.Policies;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Access;

/// <summary>
/// Says whether the sender of a request may do what it asks. Handlers call it before they do anything, and once more
/// for each further object that they touch. For any thread.
/// </summary>
internal sealed class S3Access
{
    /// <summary>Header: canonical id of who must own the bucket.</summary>
    public const string ExpectedOwner = "x-amz-expected-bucket-owner";

    /// <summary>Header: canonical id of who must own the bucket that is copied from.</summary>
    public const string ExpectedSourceOwner = "x-amz-source-expected-bucket-owner";

    private readonly IdentityDirectory _identity;
    private readonly TimeProvider _time;
    private readonly ConditionalWeakTable<User, PolicyDocument[]> _ofUsers = [];
    private readonly ConditionalWeakTable<AccessKey, PolicyDocument> _ofSessions = [];

    public S3Access(IdentityDirectory identity, TimeProvider time)
    {
        (_identity, _time) = (identity, time);
        Users = new Grantees(
            id => identity.FindByCanonicalId(id)?.DisplayName, email => identity.FindByEmail(email)?.CanonicalId);
    }

    /// <summary>Finds users for grants.</summary>
    public Grantees Users { get; }

    /// <summary>Canonical id of a bucket's owner.</summary>
    // An owner who is no user (any more) gets an id that no user can have.
    public string OwnerIdOf(BucketProtocol.BucketInfo bucket) =>
        _identity.FindUser(bucket.Owner)?.CanonicalId ?? "user:" + Uri.EscapeDataString(bucket.Owner);

    public string OwnerNameOf(BucketProtocol.BucketInfo bucket) =>
        _identity.FindUser(bucket.Owner)?.DisplayName ?? bucket.Owner;

    /// <summary>Canonical id of an object's owner.</summary>
    public string OwnerIdOf(BucketProtocol.BucketInfo bucket, IndexProtocol.ObjectRecord found) =>
        BucketRules.Of(bucket).IsOwnerEnforced ? OwnerIdOf(bucket)
        : found.Metadata.GetValueOrDefault(ObjectAccess.OwnerKey) ?? OwnerIdOf(bucket);

    /// <summary>As it counts in the bucket's ownership.</summary>
    public GrantList AclOf(BucketProtocol.BucketInfo bucket)
    {
        var rules = BucketRules.Of(bucket);
        return (rules.IsOwnerEnforced ? null : rules.Acl) ?? GrantList.Private(OwnerIdOf(bucket));
    }

    /// <summary>As it counts in the bucket's ownership.</summary>
    public GrantList AclOf(BucketProtocol.BucketInfo bucket, IndexProtocol.ObjectRecord found) =>
        found.Metadata.GetValueOrDefault(ObjectAccess.AclKey) is { } text && !BucketRules.Of(bucket).IsOwnerEnforced
            ? GrantList.FromText(text)
            : GrantList.Private(OwnerIdOf(bucket, found));

    /// <summary>For what needs no bucket.</summary>
    /// <param name="action">Such as <c>s3:CreateBucket</c>.</param>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public void DemandOfService(S3Request request, string action, string resource)
    {
        var asked = new PolicyRequest(
            action, resource, PrincipalOf(request), AccessConditions.Of(request, _time.GetUtcNow()));
        if (!AccessDecision.AllowsOfService(AskerOf(request), IdentityOf(request, asked), SessionOf(request, asked)))
            throw new S3Exception(S3Error.AccessDenied);
    }

    /// <summary>For what is about the request's bucket.</summary>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public void Demand(S3Request request, string action) => Demand(request, action, new AccessTarget(request.Bucket));

    /// <summary>For what is about the request's object.</summary>
    /// <param name="found">What is there; null: nothing.</param>
    /// <exception cref="S3Exception">AccessDenied. Where nothing is there, it is also the answer to those who may not
    /// list the bucket: they are not told what it holds.</exception>
    public void Demand(S3Request request, string action, IndexProtocol.ObjectRecord? found) =>
        Demand(request, action, new AccessTarget(request.Bucket, request.Key.Value, found));

    /// <exception cref="S3Exception">AccessDenied.</exception>
    public void Demand(S3Request request, string action, AccessTarget target)
    {
        if (!Allows(request, action, target)) throw new S3Exception(S3Error.AccessDenied);
    }

    public bool Allows(S3Request request, string action, AccessTarget target)
    {
        if (target.Key is not null && target.Object is null && ObjectAccess.TellsObject(action))
            return Allows(request, "s3:ListBucket", new AccessTarget(target.Bucket) { Prefix = target.Key });
        var ownerId = OwnerIdOf(target.Bucket);
        return IsOwnerAsExpected(request, target, ownerId)
            && (IsPlainlyAllowed(request, target, ownerId) || IsAllowedByFacts(request, action, target, ownerId));
    }

    /// <summary>For what comes along with a write that is allowed, such as its tags: allowed with it, unless a policy
    /// denies it by its own name.</summary>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public void RequireNotDenied(S3Request request, string action)
    {
        var target = new AccessTarget(request.Bucket, request.Key.Value);
        var ownerId = OwnerIdOf(request.Bucket);
        if (IsPlainlyAllowed(request, target, ownerId)) return;
        if (AccessDecision.IsDenied(FactsOf(request, action, target, ownerId)))
            throw new S3Exception(S3Error.AccessDenied);
    }

    internal bool IsAllowedByFacts(S3Request request, string action, AccessTarget target, string ownerId)
    {
        var facts = FactsOf(request, action, target, ownerId);
        if (!AccessDecision.Allows(facts)) return false;
        request.NeededAcl |= AccessDecision.NeedsAcl(facts);
        return true;
    }

    /// <summary>Whether no policy has anything to say, and who asks is root, or has the bucket and what is in it, with
    /// the ACLs that they come with. That is what most requests are, and spares them the facts: the decision upon them
    /// could only be to allow it. False says nothing.</summary>
    internal static bool IsPlainlyAllowed(S3Request request, AccessTarget target, string ownerId)
    {
        if (request.User is not { Policies.IsEmpty: true } user || request.AccessKey?.SessionPolicy is not null)
            return false;
        var rules = BucketRules.Of(target.Bucket);
        if (rules.Policy is not null) return false;
        return user.IsRoot || (user.CanonicalId == ownerId && rules.Acl is null && IsOwnersOwn(target.Object));
    }

    private static bool IsOwnersOwn(IndexProtocol.ObjectRecord? found) =>
        found is null || !(found.Metadata.ContainsKey(ObjectAccess.OwnerKey)
            || found.Metadata.ContainsKey(ObjectAccess.AclKey));

    /// <summary>Owner and ACL of an object that the request makes in its bucket.</summary>
    /// <param name="asked">From the request's headers, or from a form.</param>
    /// <exception cref="S3Exception">The ACL is not understood, or the bucket does not take it.</exception>
    public NewOwnership NewObject(S3Request request, AclHeaders asked)
    {
        var bucketOwnerId = OwnerIdOf(request.Bucket);
        var rules = BucketRules.Of(request.Bucket);
        // What somebody without a user writes belongs to the bucket's owner: nobody else could ever manage it.
        var writerId = request.User?.CanonicalId ?? bucketOwnerId;
        if (rules.IsOwnerEnforced)
        {
            RequireOwnersAcl(asked, bucketOwnerId);
            return new NewOwnership(null, null);
        }

        if (asked.IsEmpty) return new NewOwnership(writerId == bucketOwnerId ? null : writerId, null);
        var isGivenAway = rules.Ownership == OwnershipControls.BucketOwnerPreferred
            && asked.Canned == CannedAcl.BucketOwnerFullControl;
        if (isGivenAway) return new NewOwnership(null, null);
        var acl = asked.Resolve(writerId, bucketOwnerId, Users);
        RequireNotBlocked(rules, acl);
        return new NewOwnership(
            writerId == bucketOwnerId ? null : writerId, acl.IsPrivateTo(writerId) ? null : acl.ToText());
    }

    /// <summary>Where ACLs do not count, the only one that may be set says what holds anyway.</summary>
    /// <exception cref="S3Exception">AccessControlListNotSupported.</exception>
    public void RequireOwnersAcl(AclHeaders asked, string bucketOwnerId)
    {
        if (asked.IsEmpty || asked.Canned == CannedAcl.BucketOwnerFullControl) return;
        if (asked.Canned is not null || !Users.Resolve(asked.Grants).IsPrivateTo(bucketOwnerId))
            throw new S3Exception(S3Error.AccessControlListNotSupported);
    }

    /// <exception cref="S3Exception">AccessDenied: the bucket takes no ACL that is public.</exception>
    public static void RequireNotBlocked(BucketRules rules, GrantList acl)
    {
        if (rules.Block.BlockPublicAcls && acl.IsPublic) throw new S3Exception(S3Error.AccessDenied);
    }

    private AccessFacts FactsOf(S3Request request, string action, AccessTarget target, string ownerId)
    {
        var rules = BucketRules.Of(target.Bucket);
        var asker = AskerOf(request);
        var hasPolicies = rules.Policy is not null || asker.IsLimited || request.AccessKey?.SessionPolicy is not null;
        // Most requests meet no policy at all: then nothing is gathered for them.
        var asked = hasPolicies
            ? new PolicyRequest(
                action, target.Arn, PrincipalOf(request),
                AccessConditions.Of(request, _time.GetUtcNow(), target))
            : null;
        var bucketAcl = AclOf(target.Bucket);
        var objectAcl = target.Object is { } found ? AclOf(target.Bucket, found) : null;
        var ignoresPublic = rules.Block.IgnorePublicAcls;
        return new AccessFacts(
            asker,
            action,
            asked is null ? Verdict.None : IdentityOf(request, asked),
            asked is null ? null : SessionOf(request, asked),
            asked is null || rules.Policy is null ? Verdict.None : VerdictOf(rules.Policy.Evaluate(asked)),
            rules.Block.RestrictPublicBuckets && rules.Policy is { IsPublic: true },
            rules.Block,
            ownerId,
            ignoresPublic ? bucketAcl.WithoutPublic() : bucketAcl,
            target.Object is null ? null : OwnerIdOf(target.Bucket, target.Object),
            ignoresPublic ? objectAcl?.WithoutPublic() : objectAcl)
        {
            IsInitiator = target.IsInitiator,
        };
    }

    // The expected owner is meant to protect clients from a bucket that is not any more whose it was.
    private static bool IsOwnerAsExpected(S3Request request, AccessTarget target, string ownerId)
    {
        var isOther = target.Bucket.Name != request.Target.Bucket;
        return request.Header(isOther ? ExpectedSourceOwner : ExpectedOwner) is not { } expected
            || IsOwner(expected, ownerId);
    }

    /// <summary>For requests that are judged object by object: whether they are about the wrong bucket holds for all of
    /// them. For copies within a bucket, whose source has an expected owner of its own.</summary>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public void DemandExpectedOwner(S3Request request, BucketProtocol.BucketInfo bucket, string header)
    {
        if (request.Header(header) is { } expected && !IsOwner(expected, OwnerIdOf(bucket)))
            throw new S3Exception(S3Error.AccessDenied);
    }

    // Accounts have canonical ids here, and any other text is nobody's; those of AWS have twelve digits.
    private static bool IsOwner(string expected, string ownerId)
    {
        const int canonicalLength = 64, accountLength = 12;
        if (expected == ownerId) return true;
        return expected.Length is < canonicalLength and not accountLength && expected.All(char.IsAsciiDigit)
            ? throw new S3Exception(S3Error.InvalidBucketOwner)
            : false;
    }

    private Verdict IdentityOf(S3Request request, PolicyRequest asked)
    {
        if (request.User is not { Policies.IsEmpty: false } user) return Verdict.None;
        var verdict = Verdict.None;
        foreach (var policy in _ofUsers.GetValue(user, Parse))
        {
            var said = VerdictOf(policy.Evaluate(asked));
            if (said == Verdict.Deny) return said;
            if (said == Verdict.Allow) verdict = said;
        }

        return verdict;
    }

    private Verdict? SessionOf(S3Request request, PolicyRequest asked) =>
        request.AccessKey is { SessionPolicy: not null } key
            ? VerdictOf(_ofSessions.GetValue(key, Parse).Evaluate(asked))
            : null;

    private static PolicyDocument[] Parse(User user) =>
        [.. user.Policies.Values.Select(json => PolicyDocument.Parse(json, PolicyKind.Identity))];

    private static PolicyDocument Parse(AccessKey key) =>
        PolicyDocument.Parse(key.SessionPolicy!, PolicyKind.Identity);

    private static Asker AskerOf(S3Request request) => request.User is { } user
        ? new Asker(user.CanonicalId, user.IsRoot, !user.Policies.IsEmpty)
        : Asker.Anonymous;

    private static Principal? PrincipalOf(S3Request request) =>
        request.User is { } user ? Principal.Of(user) : null;

    private static Verdict VerdictOf(PolicyDecision decision) => decision switch
    {
        PolicyDecision.Allow => Verdict.Allow,
        PolicyDecision.Deny => Verdict.Deny,
        _ => Verdict.None,
    };
}
