using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ciaos.Actors.Identity;
using Ciaos.Storage;

namespace Ciaos.Actors.Encryption;

/// <summary>How a new object is to be encrypted.</summary>
/// <param name="Scheme">One of <see cref="EncryptionMetadata"/>.</param>
/// <param name="KmsKeyId">What the client calls the key; with <see cref="EncryptionMetadata.Kms"/> only.</param>
/// <param name="Customer">With <see cref="EncryptionMetadata.Customer"/>, and only then.</param>
public sealed record EncryptionRequest(string Scheme, string? KmsKeyId = null, CustomerKey? Customer = null);

/// <summary>
/// Makes the keys of encrypted objects, and finds them again by the objects' metadata, where they lie wrapped: under
/// the node's master key, or under the key that the client brings. A wrapped key opens in its bucket only, under
/// whatever name the object has there. For any thread.
/// </summary>
public sealed class DataKeys(MasterKey master, FillRandom random)
{
    internal FillRandom Random => random;

    /// <summary>A key for a new object, or for all parts of one.</summary>
    /// <param name="metadata">Of the object to be; is given what finding the key takes.</param>
    public DataKey Create(BucketId bucket, EncryptionRequest request, IDictionary<string, string> metadata)
    {
        var key = DataKey.Create(random);
        var root = RootOf(request.Scheme, request.Customer)
            ?? throw new ArgumentException("A client's key is needed", nameof(request));
        var wrapped = KeyWrapping.Wrap(key, root, ContextOf(bucket, request.Scheme, request.KmsKeyId), random);
        metadata[EncryptionMetadata.Scheme] = request.Scheme;
        metadata[EncryptionMetadata.Key] = Convert.ToBase64String(wrapped);
        if (request.KmsKeyId is { } id) metadata[EncryptionMetadata.KmsKeyId] = id;
        return key;
    }

    /// <summary>The key of what has this metadata: of an object, or of an upload in parts. Null: it is not
    /// encrypted.</summary>
    /// <param name="customer">What the client brought.</param>
    /// <exception cref="DataKeyException">It cannot be had.</exception>
    public DataKey? Find(BucketId bucket, IReadOnlyDictionary<string, string> metadata, CustomerKey? customer)
    {
        var scheme = metadata.GetValueOrDefault(EncryptionMetadata.Scheme);
        var isOfCustomer = scheme == EncryptionMetadata.Customer;
        if (customer is not null && !isOfCustomer)
            throw new DataKeyException(
                DataKeyProblem.CustomerKeyNotWanted, "The encryption parameters are not applicable to this object.");
        if (scheme is null) return null;
        var root = RootOf(scheme, customer) ?? throw new DataKeyException(
            DataKeyProblem.CustomerKeyMissing,
            "The object is encrypted with a key that its client keeps (SSE-C). Reading it takes that key.");
        var text = metadata.GetValueOrDefault(EncryptionMetadata.Key, "");
        var wrapped = new byte[KeyWrapping.WrappedBytes];
        var context = ContextOf(bucket, scheme, metadata.GetValueOrDefault(EncryptionMetadata.KmsKeyId));
        return Convert.TryFromBase64String(text, wrapped, out var length)
            && KeyWrapping.Unwrap(wrapped.AsSpan(0, length), root, context) is { } key
                ? key
                : throw (isOfCustomer
                    ? new DataKeyException(
                        DataKeyProblem.CustomerKeyWrong, "The object was encrypted with another key.")
                    : new DataKeyException(
                        DataKeyProblem.Damaged,
                        "The object's key does not open with this node's master key, or was changed"));
    }

    /// <summary>HMAC-SHA256 under what wraps the keys of this scheme; null where the client has not brought
    /// it.</summary>
    private Func<byte[], byte[]>? RootOf(string scheme, CustomerKey? customer)
    {
        if (scheme != EncryptionMetadata.Customer) return master.Derive;
        return customer is null ? null : text => HMACSHA256.HashData(customer.Bytes, text);
    }

    private static byte[] ContextOf(BucketId bucket, string scheme, string? kmsKeyId)
    {
        var id = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(id, bucket.Value);
        return [.. Encoding.UTF8.GetBytes(scheme), 0, .. id, .. Encoding.UTF8.GetBytes(kmsKeyId ?? "")];
    }
}
