namespace Ciaos.Http.S3.Objects;

/// <summary>Errors that only operations on objects lead to.</summary>
internal static class ObjectErrors
{
    public static readonly S3Error InvalidRedirectLocation = new(
        "InvalidRedirectLocation", 400,
        "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.");

    public static readonly S3Error NoSuchObjectLockConfiguration = new(
        "NoSuchObjectLockConfiguration", 404, "The specified object does not have a ObjectLock configuration");

    public static S3Exception InvalidArgument(string text, string name, string value) =>
        new(S3Error.InvalidArgument, text) { Details = [new("ArgumentName", name), new("ArgumentValue", value)] };
}
