using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.S3.Access;
using Ciaos.Http.S3.Objects;

namespace Ciaos.Http.S3.Encryption;

/// <summary>The keys of encrypted objects, by what requests say of them.</summary>
internal sealed class ObjectEncryption(ObjectStore store, S3Settings settings)
{
    private const string CustomerAlgorithm = $"{EncryptionHeaders.Customer}-algorithm";
    private const string PresignedMark = "X-Amz-Signature";

    /// <summary>Makes a key for a new object that is to be encrypted, and adds to its metadata what finding the key
    /// takes.</summary>
    /// <exception cref="S3Exception">What is asked for makes no sense, or is not allowed.</exception>
    public void Describe(S3Request request, ObjectFields fields, IDictionary<string, string> metadata)
    {
        var byDefault = BucketRules.Of(request.Bucket).Encryption;
        var wanted = EncryptionHeaders.ReadOfWrite(fields, byDefault);
        if (wanted is null) return;
        if (wanted.Customer is not null)
        {
            CheckConnection(request);
            if (byDefault?.BlocksCustomerKeys ?? false)
                throw new S3Exception(
                    S3Error.AccessDenied,
                    "This bucket has blocked uploads that specify Server Side Encryption with Customer provided keys "
                    + "(SSE-C). Please specify a different server-side encryption type.");
        }

        store.Keys.Create(request.Bucket.Id, wanted, metadata);
        if (wanted.Scheme == EncryptionMetadata.Kms && EncryptionHeaders.WantsBucketKey(fields, byDefault))
            metadata[EncryptionHeaders.BucketKeyMetadata] = "true";
    }

    /// <summary>Refuses who completes an upload in parts and does not bring its key, where it has one. It is needed for
    /// a checksum only, which tells of the bytes; where it comes though it is not needed, it must be right.</summary>
    /// <param name="isNeeded">The upload was begun with a checksum.</param>
    /// <exception cref="S3Exception">The key is missing, or what the client says of it is wrong.</exception>
    /// <exception cref="DataKeyException">It is not the key that the upload was begun with.</exception>
    public void CheckCompletion(S3Request request, IReadOnlyDictionary<string, string> metadata, bool isNeeded)
    {
        var customer = CustomerOf(request, EncryptionHeaders.Customer);
        if (customer is not null) store.Keys.Find(request.Bucket.Id, metadata, customer);
        else if (isNeeded && EncryptionMetadata.IsOfCustomer(metadata))
            throw ObjectErrors.InvalidArgument(
                "Requests specifying Server Side Encryption with Customer provided keys must provide a valid "
                + "encryption algorithm.",
                EncryptionHeaders.Scheme, "null");
    }

    /// <summary>The key for the body of an object, or of a part, that the request brings.</summary>
    /// <param name="metadata">Of the object or of the upload in parts.</param>
    /// <returns>Null: it is not encrypted.</returns>
    /// <exception cref="S3Exception">What the client says of its key is wrong.</exception>
    /// <exception cref="DataKeyException">It is not the key that the upload in parts was begun with.</exception>
    public DataKey? KeyOfWrite(
        S3Request request, ObjectFields fields, IReadOnlyDictionary<string, string> metadata)
    {
        if (!EncryptionMetadata.IsOfCustomer(metadata) && fields.Find(CustomerAlgorithm) is null)
            return EncryptionMetadata.IsEncrypted(metadata)
                ? store.Keys.Find(request.Bucket.Id, metadata, customer: null)
                : null;
        var customer = EncryptionHeaders.ReadCustomer(fields.Find, EncryptionHeaders.Customer, mustHaveMd5: true);
        if (customer is not null) CheckConnection(request);
        return store.Keys.Find(request.Bucket.Id, metadata, customer);
    }

    /// <summary>The key that the client brings to read the object that the request names; null: none.</summary>
    /// <exception cref="S3Exception">What it says is wrong, or is not for reads.</exception>
    public CustomerKey? CustomerOfRead(S3Request request)
    {
        EncryptionHeaders.RefuseOnRead(request);
        return CustomerOf(request, EncryptionHeaders.Customer);
    }

    /// <summary>The key that the client brings to read the object that is to be copied; null: none.</summary>
    /// <exception cref="S3Exception">What it says is wrong.</exception>
    public CustomerKey? CustomerOfSource(S3Request request) => CustomerOf(request, EncryptionHeaders.SourceCustomer);

    /// <summary>Refuses who does not bring the key of an object of which only the metadata is wanted.</summary>
    /// <exception cref="S3Exception">What the client says of its key is wrong.</exception>
    /// <exception cref="DataKeyException">It is missing, or another one.</exception>
    public void CheckRead(S3Request request, IndexProtocol.ObjectRecord found)
    {
        var customer = CustomerOfRead(request);
        if (customer is not null || EncryptionMetadata.IsOfCustomer(found.Metadata))
            store.Keys.Find(found.Bucket, found.Metadata, customer);
    }

    private CustomerKey? CustomerOf(S3Request request, string prefix)
    {
        var isPresigned = request.Query.Has(PresignedMark);
        var customer = EncryptionHeaders.ReadCustomer(
            name => request.Header(name) ?? (isPresigned ? request.Query.Find(name) : null), prefix,
            mustHaveMd5: false);
        if (customer is not null) CheckConnection(request);
        return customer;
    }

    private void CheckConnection(S3Request request)
    {
        if (!request.Http.Request.IsHttps && !settings.AllowsCustomerKeysOverHttp)
            throw ObjectErrors.InvalidArgument(
                "Requests specifying Server Side Encryption with Customer provided keys must be made over a secure "
                + "connection.",
                EncryptionHeaders.Scheme, "null");
    }
}
