using Ciaos.Actors.Index;

namespace Ciaos.Actors.Encryption;

/// <summary>Names under which an object's metadata tells how it is encrypted. They are in journals: never rename
/// one.</summary>
public static class EncryptionMetadata
{
    /// <summary>One of the schemes below. Absent: the object is not encrypted.</summary>
    public const string Scheme = ObjectMetadata.Encryption;

    /// <summary>The object's key, wrapped (docs/encryption.md), in base64.</summary>
    public const string Key = "sse-key";

    /// <summary>What the client called the key; with <see cref="Kms"/> only, and only where it named one.</summary>
    public const string KmsKeyId = "sse-kms-key-id";

    /// <summary>SSE-S3: the node keeps the key.</summary>
    public const string Managed = "AES256";

    /// <summary>SSE-KMS: the node keeps the key, and the name that the client has for it.</summary>
    public const string Kms = "aws:kms";

    /// <summary>SSE-C: the client brings the key with each request.</summary>
    public const string Customer = "SSE-C";

    public static bool IsEncrypted(IReadOnlyDictionary<string, string> metadata) => metadata.ContainsKey(Scheme);

    public static bool IsOfCustomer(IReadOnlyDictionary<string, string> metadata) =>
        metadata.GetValueOrDefault(Scheme) == Customer;
}
