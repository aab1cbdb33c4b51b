namespace Ciaos.Http.S3.AccessLogs;

/// <summary>What access logs call operations: <c>REST.METHOD.RESOURCE</c>, after the Amazon S3 server access log
/// format.</summary>
internal static class AccessLogOperations
{
    public const string CopySource = "REST.COPY.OBJECT_GET";
    public const string BatchDelete = "BATCH.DELETE.OBJECT";

    /// <param name="method">Of HTTP.</param>
    /// <param name="operation">Null: the request was refused before it was found out.</param>
    /// <param name="isCopy">It names an object to copy from.</param>
    public static string NameOf(string method, S3Target target, S3Operation? operation, bool isCopy) =>
        operation?.Name switch
        {
            null when method == "OPTIONS" => "REST.OPTIONS.PREFLIGHT",
            "PutObject" when isCopy => "REST.COPY.OBJECT",
            "UploadPart" => isCopy ? "REST.COPY.PART" : "REST.PUT.PART",
            "DeleteObjects" => "REST.POST.MULTI_OBJECT_DELETE",
            _ => $"REST.{method}.{ResourceOf(target, operation?.SubResource)}",
        };

    private static string ResourceOf(S3Target target, string? subResource) => subResource switch
    {
        null => target.Key is null ? "BUCKET" : "OBJECT",
        "acl" => "ACL",
        "tagging" => target.Key is null ? "TAGGING" : "OBJECT_TAGGING",
        "uploadId" => "UPLOAD",
        "versions" => "BUCKETVERSIONS",
        "policy" => "BUCKETPOLICY",
        "policyStatus" => "BUCKETPOLICYSTATUS",
        "logging" => "LOGGING_STATUS",
        "requestPayment" => "REQUEST_PAYMENT",
        "ownershipControls" => "OWNERSHIP_CONTROLS",
        "publicAccessBlock" => "PUBLIC_ACCESS_BLOCK",
        "object-lock" => "OBJECT_LOCK_CONFIGURATION",
        _ => subResource.ToUpperInvariant().Replace('-', '_'),
    };
}
