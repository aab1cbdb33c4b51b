using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Sts;

/// <summary>A request that is refused with an error of STS. Source: the common errors and those of the operations in
/// the AWS STS API reference.</summary>
internal sealed class StsException(string code, int status, string message) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = status;

    public static StsException AccessDenied(string message) =>
        new("AccessDenied", StatusCodes.Status403Forbidden, message);

    public static StsException Invalid(string message) =>
        new("ValidationError", StatusCodes.Status400BadRequest, message);

    /// <summary>What authentication has refused, in the words of STS; null where it is nothing of that.</summary>
    public static StsException? Of(S3Exception error) => error.Error.Code switch
    {
        "InvalidAccessKeyId" or "InvalidToken" => new StsException(
            "InvalidClientTokenId", 403, "The security token included in the request is invalid."),
        "ExpiredToken" => new StsException(
            "ExpiredToken", 403, "The security token included in the request is expired"),
        "SignatureDoesNotMatch" => new StsException(error.Error.Code, 403, error.Message),
        "RequestTimeTooSkewed" => new StsException("SignatureDoesNotMatch", 403, error.Message),
        "AuthorizationHeaderMalformed" => new StsException("IncompleteSignature", 400, error.Message),
        "AccessDenied" => AccessDenied(error.Message),
        "SlowDown" => new StsException("Throttling", 400, "Rate exceeded"),
        "ServiceUnavailable" => new StsException(error.Error.Code, 503, error.Message),
        "InternalError" => null,
        _ => new StsException(error.Error.Code, error.Error.Status, error.Message),
    };
}
