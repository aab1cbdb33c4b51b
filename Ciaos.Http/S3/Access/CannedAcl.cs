using Ciaos.Http.S3.Documents;

namespace Ciaos.Http.S3.Access;

/// <summary>The ACLs that have names (header x-amz-acl). Groups come before users, as clients expect it.</summary>
internal static class CannedAcl
{
    public const string BucketOwnerFullControl = "bucket-owner-full-control";

    /// <param name="ownerId">Of what gets the ACL.</param>
    /// <param name="bucketOwnerId">The same for a bucket.</param>
    /// <exception cref="S3Exception">InvalidArgument: there is no such ACL.</exception>
    public static GrantList Of(string name, string ownerId, string bucketOwnerId) => name switch
    {
        "private" or "aws-exec-read" => GrantList.Private(ownerId),
        "public-read" => Of(ownerId, ToGroup(AclGrant.AllUsers, AclGrant.Read)),
        "public-read-write" => Of(
            ownerId, ToGroup(AclGrant.AllUsers, AclGrant.Read), ToGroup(AclGrant.AllUsers, AclGrant.Write)),
        "authenticated-read" => Of(ownerId, ToGroup(AclGrant.AuthenticatedUsers, AclGrant.Read)),
        "log-delivery-write" => Of(
            ownerId, ToGroup(AclGrant.LogDelivery, AclGrant.Write), ToGroup(AclGrant.LogDelivery, AclGrant.ReadAcp)),
        "bucket-owner-read" => OfBoth(ownerId, bucketOwnerId, AclGrant.Read),
        BucketOwnerFullControl => OfBoth(ownerId, bucketOwnerId, AclGrant.FullControl),
        _ => throw DocumentErrors.InvalidArgument("The canned ACL is not known.", "x-amz-acl", name),
    };

    private static GrantList Of(string ownerId, params AclGrant[] grants) =>
        new([.. grants, .. GrantList.Private(ownerId).Grants]);

    private static GrantList OfBoth(string ownerId, string bucketOwnerId, string permission)
    {
        var own = GrantList.Private(ownerId);
        return ownerId == bucketOwnerId
            ? own
            : new([.. own.Grants, new AclGrant(GranteeKind.User, bucketOwnerId, permission)]);
    }

    private static AclGrant ToGroup(string uri, string permission) => new(GranteeKind.Group, uri, permission);
}
