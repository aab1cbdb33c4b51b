using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3;

/// <summary>An error of the S3 protocol: the code that clients match on, its status and its usual text. Source: the
/// list of error responses in the Amazon S3 API reference.</summary>
internal sealed record S3Error(string Code, int Status, string Message)
{
    public static readonly S3Error AccessControlListNotSupported = BadRequest(
        "AccessControlListNotSupported", "The bucket does not allow ACLs.");

    public static readonly S3Error AccessDenied = new("AccessDenied", 403, "Access Denied.");

    public static readonly S3Error AuthorizationHeaderMalformed = BadRequest(
        "AuthorizationHeaderMalformed", "The authorization header that you provided is not valid.");

    public static readonly S3Error AuthorizationQueryParametersError = BadRequest(
        "AuthorizationQueryParametersError", "The query parameters of the presigned request are not valid.");

    public static readonly S3Error BadDigest = BadRequest(
        "BadDigest", "The digest that you specified did not match what we received.");

    public static readonly S3Error BucketAlreadyExists = Conflict(
        "BucketAlreadyExists", "The requested bucket name is not available: another user has it. Choose another name.");

    public static readonly S3Error BucketAlreadyOwnedByYou = Conflict(
        "BucketAlreadyOwnedByYou", "You have made this bucket already, and you own it.");

    public static readonly S3Error BucketNotEmpty = Conflict(
        "BucketNotEmpty", "The bucket is not empty. All versions in it must be deleted first.");

    public static readonly S3Error ConditionalRequestConflict = Conflict(
        "ConditionalRequestConflict", "A conflicting operation happened at the same time. Try again.");

    public static readonly S3Error EntityTooLarge = BadRequest(
        "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size.");

    public static readonly S3Error EntityTooSmall = BadRequest(
        "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size.");

    public static readonly S3Error ExpiredToken = BadRequest("ExpiredToken", "The provided token has expired.");

    public static readonly S3Error IllegalVersioningConfigurationException = BadRequest(
        "IllegalVersioningConfigurationException", "The versioning configuration in the request is not valid.");

    public static readonly S3Error IncompleteBody = BadRequest(
        "IncompleteBody", "You did not provide the number of bytes that the Content-Length header specifies.");

    public static readonly S3Error InternalError = new(
        "InternalError", StatusCodes.Status500InternalServerError, "We encountered an internal error. Try again.");

    public static readonly S3Error InvalidAccessKeyId = new(
        "InvalidAccessKeyId", 403, "The access key id that you provided does not exist in our records.");

    public static readonly S3Error InvalidArgument = BadRequest("InvalidArgument", "Invalid Argument.");

    public static readonly S3Error InvalidBucketName = BadRequest(
        "InvalidBucketName", "The specified bucket name is not valid.");

    public static readonly S3Error InvalidBucketOwner = BadRequest(
        "InvalidBucketOwnerAWSAccountID",
        "The value of the expected bucket owner parameter must be an AWS Account ID...");

    public static readonly S3Error InvalidBucketState = Conflict(
        "InvalidBucketState", "The request is not valid with the current state of the bucket.");

    public static readonly S3Error InvalidDigest = BadRequest(
        "InvalidDigest", "The Content-MD5 or checksum value that you specified is not valid.");

    public static readonly S3Error InvalidEncryptionAlgorithmError = BadRequest(
        "InvalidEncryptionAlgorithmError",
        "The encryption request that you specified is not valid. Supported: AES256.");

    public static readonly S3Error InvalidLocationConstraint = BadRequest(
        "InvalidLocationConstraint", "The specified location constraint is not valid.");

    public static readonly S3Error InvalidObjectState = new(
        "InvalidObjectState", 403, "The operation is not valid for the object's storage class.");

    public static readonly S3Error InvalidPart = BadRequest(
        "InvalidPart",
        "One or more of the specified parts could not be found, or the specified entity tag is not the part's.");

    public static readonly S3Error InvalidPartNumber = new(
        "InvalidPartNumber", 416, "The requested part number is not satisfiable.");

    public static readonly S3Error InvalidPartOrder = BadRequest(
        "InvalidPartOrder", "The list of parts was not in ascending order. Parts are ordered by part number.");

    public static readonly S3Error InvalidPolicyDocument = BadRequest(
        "InvalidPolicyDocument", "The content of the form does not meet the conditions of the policy document.");

    public static readonly S3Error InvalidRange = new(
        "InvalidRange", 416, "The requested range cannot be satisfied.");

    public static readonly S3Error InvalidRequest = BadRequest("InvalidRequest", "Invalid Request.");

    public static readonly S3Error InvalidStorageClass = BadRequest(
        "InvalidStorageClass", "The storage class that you specified is not valid.");

    public static readonly S3Error InvalidTag = BadRequest("InvalidTag", "The tag that you provided is not valid.");

    public static readonly S3Error InvalidToken = BadRequest(
        "InvalidToken", "The provided token is malformed or otherwise not valid.");

    public static readonly S3Error InvalidUri = BadRequest("InvalidURI", "The specified URI could not be parsed.");

    public static readonly S3Error InvalidWriteOffset = BadRequest(
        "InvalidWriteOffset", "The write offset is not the size of the object.");

    public static readonly S3Error KeyTooLong = BadRequest("KeyTooLongError", "Your key is too long.");

    public static readonly S3Error MalformedAcl = BadRequest(
        "MalformedACLError", "The ACL that you provided was not well formed or did not validate against our schema.");

    public static readonly S3Error MalformedPolicy = BadRequest("MalformedPolicy", "The policy is not well formed.");

    public static readonly S3Error MalformedPostRequest = BadRequest(
        "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.");

    public static readonly S3Error MalformedTrailer = BadRequest(
        "MalformedTrailerError", "The trailing headers are not well-formed, or not those that were announced.");

    public static readonly S3Error MalformedXml = BadRequest(
        "MalformedXML", "The XML that you provided was not well formed or did not validate against our schema.");

    public static readonly S3Error MaxMessageLengthExceeded = BadRequest(
        "MaxMessageLengthExceeded", "Your request was too large.");

    public static readonly S3Error MaxPostPreDataLengthExceeded = BadRequest(
        "MaxPostPreDataLengthExceededError", "The fields of your POST request before the file were too large.");

    public static readonly S3Error MetadataTooLarge = BadRequest(
        "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size.");

    public static readonly S3Error MethodNotAllowed = new(
        "MethodNotAllowed", 405, "The specified method is not allowed against this resource.");

    public static readonly S3Error MissingContentLength = new(
        "MissingContentLength", 411, "You must provide the Content-Length HTTP header.");

    public static readonly S3Error MissingSecurityHeader = BadRequest(
        "MissingSecurityHeader", "Your request is missing a required header.");

    public static readonly S3Error NoSuchBucket = NotFound("NoSuchBucket", "The specified bucket does not exist.");

    public static readonly S3Error NoSuchBucketPolicy = NotFound(
        "NoSuchBucketPolicy", "The specified bucket does not have a bucket policy.");

    public static readonly S3Error NoSuchCorsConfiguration = NotFound(
        "NoSuchCORSConfiguration", "The CORS configuration does not exist.");

    public static readonly S3Error NoSuchKey = NotFound("NoSuchKey", "The specified key does not exist.");

    public static readonly S3Error NoSuchLifecycleConfiguration = NotFound(
        "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist.");

    public static readonly S3Error NoSuchObjectLockConfiguration = NotFound(
        "NoSuchObjectLockConfiguration", "The specified object does not have an object lock configuration.");

    public static readonly S3Error NoSuchPublicAccessBlockConfiguration = NotFound(
        "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found.");

    public static readonly S3Error NoSuchTagSet = NotFound("NoSuchTagSet", "The tag set does not exist.");

    public static readonly S3Error NoSuchUpload = NotFound(
        "NoSuchUpload", "The specified multipart upload does not exist. It may have been aborted or completed.");

    public static readonly S3Error NoSuchVersion = NotFound("NoSuchVersion", "The specified version does not exist.");

    public static readonly S3Error NoSuchWebsiteConfiguration = NotFound(
        "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration.");

    public static readonly S3Error NotImplemented = new(
        "NotImplemented", 501, "A header or query that you provided implies functionality that is not implemented.");

    public static readonly S3Error NotModified = new("NotModified", 304, "Not Modified.");

    public static readonly S3Error ObjectLockConfigurationNotFound = NotFound(
        "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket.");

    public static readonly S3Error OwnershipControlsNotFound = NotFound(
        "OwnershipControlsNotFoundError", "The bucket ownership controls were not found.");

    public static readonly S3Error PreconditionFailed = new(
        "PreconditionFailed", 412, "At least one of the preconditions that you specified did not hold.");

    public static readonly S3Error PresignedLifetimeError = AuthorizationQueryParametersError with { Status = 403 };

    public static readonly S3Error QuotaExceeded = new(
        "QuotaExceeded", 403, "The quota of the user does not allow this.");

    public static readonly S3Error RequestTimeout = BadRequest(
        "RequestTimeout", "Your socket connection was not read from or written to within the time-out period.");

    public static readonly S3Error RequestTimeTooSkewed = new(
        "RequestTimeTooSkewed", 403, "The difference between the request time and the server's time is too large.");

    public static readonly S3Error ServerSideEncryptionConfigurationNotFound = NotFound(
        "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found.");

    public static readonly S3Error ServiceUnavailable = new("ServiceUnavailable", 503, "Reduce your request rate.");

    public static readonly S3Error SignatureDoesNotMatch = new(
        "SignatureDoesNotMatch", 403,
        "The request signature that we calculated does not match the signature that you provided. "
        + "Check your secret access key and signing method.");

    public static readonly S3Error SlowDown = new("SlowDown", 503, "Reduce your request rate.");

    public static readonly S3Error StorageFull = new(
        "XCiaosStorageFull", StatusCodes.Status507InsufficientStorage, "The disk is full. Nothing was written.");

    public static readonly S3Error TooManyBuckets = BadRequest(
        "TooManyBuckets", "You have attempted to create more buckets than allowed.");

    public static readonly S3Error UnexpectedContent = BadRequest(
        "UnexpectedContent", "This request does not support content.");

    public static readonly S3Error UnsupportedSignature = BadRequest(
        "InvalidRequest", "The authorization mechanism that you provided is not supported. Use AWS4-HMAC-SHA256.");

    public static readonly S3Error XAmzContentSha256Mismatch = BadRequest(
        "XAmzContentSHA256Mismatch", "The provided x-amz-content-sha256 header does not match what was computed.");

    private static S3Error BadRequest(string code, string message) =>
        new(code, StatusCodes.Status400BadRequest, message);

    private static S3Error Conflict(string code, string message) => new(code, StatusCodes.Status409Conflict, message);

    private static S3Error NotFound(string code, string message) => new(code, StatusCodes.Status404NotFound, message);
}

/// <summary>A request that is refused with an error of S3.</summary>
/// <param name="message">In place of the error's usual text.</param>
internal sealed class S3Exception(S3Error error, string? message = null) : Exception(message ?? error.Message)
{
    public S3Error Error { get; } = error;

    /// <summary>Further elements of the answer's XML, such as the region that is expected.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; init; } = [];

    /// <summary>Headers of the answer, such as those of a delete marker.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}
