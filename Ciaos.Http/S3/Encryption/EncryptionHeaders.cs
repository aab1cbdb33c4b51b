using Ciaos.Actors.Encryption;
using Ciaos.Http.S3.Documents;
using Ciaos.Http.S3.Objects;

namespace Ciaos.Http.S3.Encryption;

/// <summary>What clients say of encryption, in headers, in the query of a presigned address, or in a form, and what
/// they are told (docs/encryption.md).</summary>
internal static class EncryptionHeaders
{
    public const string Scheme = "x-amz-server-side-encryption";
    public const string KmsKeyId = "x-amz-server-side-encryption-aws-kms-key-id";

    /// <summary>Of an object's metadata: whether SSE-KMS was asked for with a key of the bucket's own. It is told, and
    /// means nothing here.</summary>
    public const string BucketKeyMetadata = "sse-bucket-key";

    private const string BucketKey = "x-amz-server-side-encryption-bucket-key-enabled";

    /// <summary>Before <c>-algorithm</c>, <c>-key</c> and <c>-key-md5</c>: of the object that the request is
    /// about.</summary>
    public const string Customer = "x-amz-server-side-encryption-customer";

    /// <summary>The same, of the object that is copied.</summary>
    public const string SourceCustomer = "x-amz-copy-source-server-side-encryption-customer";

    // Every request is asked for them.
    private static readonly (string Algorithm, string Key, string KeyMd5) NamesOfCustomer =
        ($"{Customer}-algorithm", $"{Customer}-key", $"{Customer}-key-md5");

    private static readonly (string Algorithm, string Key, string KeyMd5) NamesOfSource =
        ($"{SourceCustomer}-algorithm", $"{SourceCustomer}-key", $"{SourceCustomer}-key-md5");

    private const string Aes256 = "AES256";
    private const int MaxKeyBytes = 256;
    private const string DualLayer = "aws:kms:dsse";

    /// <summary>How a new object is to be encrypted; null: it is not.</summary>
    /// <param name="byDefault">What the bucket does where the client says nothing; null: nothing.</param>
    /// <exception cref="S3Exception">What is asked for makes no sense, or cannot be done.</exception>
    public static EncryptionRequest? ReadOfWrite(ObjectFields fields, EncryptionConfiguration? byDefault)
    {
        var scheme = fields.Find(Scheme);
        var kmsKeyId = fields.Find(KmsKeyId);
        if (ReadCustomer(fields.Find, Customer, mustHaveMd5: true) is { } customer)
            return scheme is null && kmsKeyId is null
                ? new EncryptionRequest(EncryptionMetadata.Customer, Customer: customer)
                : throw Refuse(
                    "Server Side Encryption with Customer provided key is incompatible with the encryption method "
                    + "specified",
                    scheme);
        if (scheme is null && kmsKeyId is null) return DefaultEncryption.Of(byDefault);
        return scheme switch
        {
            EncryptionMetadata.Managed when kmsKeyId is null => new EncryptionRequest(EncryptionMetadata.Managed),
            null or EncryptionMetadata.Managed => throw Refuse(
                "Server Side Encryption with AWS KMS managed key requires HTTP header "
                + "x-amz-server-side-encryption : aws:kms",
                scheme),
            EncryptionMetadata.Kms => new EncryptionRequest(EncryptionMetadata.Kms, KmsKeyIdOf(kmsKeyId, byDefault)),
            DualLayer => throw new S3Exception(
                S3Error.NotImplemented, "Dual-layer encryption (aws:kms:dsse) is not implemented."),
            _ => throw Refuse("The encryption method specified is not supported", scheme),
        };
    }

    /// <param name="byDefault">What the bucket does where the client says nothing of it; null: nothing.</param>
    public static bool WantsBucketKey(ObjectFields fields, EncryptionConfiguration? byDefault) =>
        fields.Find(BucketKey) is { Length: > 0 } wanted
            ? wanted.Equals("true", StringComparison.OrdinalIgnoreCase)
            : byDefault?.BucketKeyEnabled ?? false;

    /// <summary>The key that the client brings with the request; null: none.</summary>
    /// <param name="find">The value of a header, or null.</param>
    /// <param name="prefix"><see cref="Customer"/> or <see cref="SourceCustomer"/>.</param>
    /// <param name="mustHaveMd5">What is read shows by itself whether the key came over whole.</param>
    /// <exception cref="S3Exception">Something of it is missing or wrong.</exception>
    public static CustomerKey? ReadCustomer(Func<string, string?> find, string prefix, bool mustHaveMd5)
    {
        var names = prefix == SourceCustomer ? NamesOfSource : NamesOfCustomer;
        var (algorithm, text, md5) = (find(names.Algorithm), find(names.Key), find(names.KeyMd5));
        if (algorithm is null)
            return text is null && md5 is null
                ? null
                : throw Refuse(
                    "Requests specifying Server Side Encryption with Customer provided keys must provide a valid "
                    + "encryption algorithm.");
        if (algorithm != Aes256)
            throw new S3Exception(S3Error.InvalidEncryptionAlgorithmError)
            {
                Details = [new("ArgumentName", Scheme), new("ArgumentValue", algorithm)],
            };
        if (string.IsNullOrEmpty(text))
            throw Refuse(
                "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate "
                + "secret key.");
        if (string.IsNullOrEmpty(md5) && mustHaveMd5)
            throw Refuse(
                "Requests specifying Server Side Encryption with Customer provided keys must provide the client "
                + "calculated MD5 of the secret key.");
        return KeyOf(text, md5);
    }

    /// <summary>Reads do not say how an object is encrypted: the node knows.</summary>
    /// <exception cref="S3Exception">The request does.</exception>
    public static void RefuseOnRead(S3Request request)
    {
        if (request.Header(Scheme) is { } scheme)
            throw Refuse("x-amz-server-side-encryption header is not supported for this operation.", scheme);
        if (request.Header(KmsKeyId) is not null)
            throw Refuse("x-amz-server-side-encryption-aws-kms-key-id header is not supported for this operation.");
    }

    /// <summary>The headers that tell how an object, an upload or a part is encrypted.</summary>
    /// <param name="metadata">Of the object or upload.</param>
    public static void Write(S3Request request, IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(EncryptionMetadata.Scheme, out var scheme)) return;
        var headers = request.Response.Headers;
        if (scheme != EncryptionMetadata.Customer)
        {
            headers[Scheme] = scheme;
            if (metadata.TryGetValue(EncryptionMetadata.KmsKeyId, out var id))
                headers[KmsKeyId] = HeaderText.ToWire(id);
            if (metadata.TryGetValue(BucketKeyMetadata, out var usesBucketKey)) headers[BucketKey] = usesBucketKey;
        }
        else if (ReadCustomer(ObjectFields.Of(request).Find, Customer, mustHaveMd5: false) is { } customer)
        {
            headers[$"{Customer}-algorithm"] = Aes256;
            headers[$"{Customer}-key-MD5"] = customer.Md5Text;
        }
    }

    // The digest is looked at first: where it does not hold, the key has been spoilt on its way.
    private static CustomerKey KeyOf(string text, string? md5)
    {
        Span<byte> key = stackalloc byte[MaxKeyBytes];
        var isBase64 = Convert.TryFromBase64String(text, key, out var length);
        key = key[..length];
        if (isBase64 && !string.IsNullOrEmpty(md5) && md5 != CustomerKey.Md5TextOf(key))
            throw Refuse("The calculated MD5 hash of the key did not match the hash that was provided.");
        return isBase64 && length == CustomerKey.SizeBytes
            ? new CustomerKey(key)
            : throw Refuse("The secret key was invalid for the specified algorithm.");
    }

    private static string KmsKeyIdOf(string? kmsKeyId, EncryptionConfiguration? byDefault)
    {
        if (string.IsNullOrEmpty(kmsKeyId)) kmsKeyId = byDefault?.KmsKeyId;
        return string.IsNullOrEmpty(kmsKeyId) ? DefaultEncryption.ManagedKmsKey : kmsKeyId;
    }

    private static S3Exception Refuse(string text, string? value = null) =>
        ObjectErrors.InvalidArgument(text, Scheme, value ?? "null");
}
