namespace Ciaos.Http.S3.Listing;

/// <summary>Refusals of a listing's parameters, named as clients expect them.</summary>
internal static class ListErrors
{
    public static S3Exception InvalidArgument(string text, string name, string value) =>
        new(S3Error.InvalidArgument, text) { Details = [new("ArgumentName", name), new("ArgumentValue", value)] };
}
