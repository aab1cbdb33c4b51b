using System.Collections.Immutable;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Documents;
using Ciaos.Storage.Volumes;

namespace Ciaos.Http.S3.Encryption;

/// <summary>What a bucket does with objects of which nobody says how they are to be encrypted: those of the native API,
/// which has no words for it, among them.</summary>
internal static class DefaultEncryption
{
    /// <summary>What the key of SSE-KMS is called where nobody calls it anything.</summary>
    public const string ManagedKmsKey = "alias/aws/s3";

    /// <param name="configuration">Of the bucket; null: it does nothing.</param>
    /// <returns>Null: they are not encrypted.</returns>
    public static EncryptionRequest? Of(EncryptionConfiguration? configuration) => configuration switch
    {
        null or { Algorithm: null } => null,
        { Algorithm: EncryptionMetadata.Managed } => new EncryptionRequest(EncryptionMetadata.Managed),
        _ => new EncryptionRequest(EncryptionMetadata.Kms, configuration.KmsKeyId ?? ManagedKmsKey),
    };

    /// <summary>Makes the key for a body of the native API.</summary>
    /// <param name="metadata">Of the object to be; is given what finding the key takes.</param>
    /// <returns>Null: the body is not encrypted.</returns>
    public static DataKey? MakeKey(
        ObjectStore store, BucketProtocol.BucketInfo bucket, UploadOperation operation,
        ref ImmutableSortedDictionary<string, string> metadata)
    {
        // Bytes behind those of an object that is not encrypted are not, either: it has no key.
        if (operation == UploadOperation.Append || !bucket.Config.ContainsKey(BucketConfig.Encryption)) return null;
        if (Of(BucketRules.Of(bucket).Encryption) is not { } wanted) return null;
        var described = metadata.ToBuilder();
        var key = store.Keys.Create(bucket.Id, wanted, described);
        metadata = described.ToImmutable();
        return key;
    }
}
