namespace Ciaos.Client.Http;

/// <summary>What statuses mean to a program (docs/api.md).</summary>
internal static class Refusals
{
    public static CiaosException Make(int status, string text, string? key, string? requestId = null)
    {
        text = text.TrimEnd();
        if (text.Length == 0) text = $"The node answered with status {status}";
        return new CiaosException(Classify(status, text), text, key, status, requestId);
    }

    private static CiaosError Classify(int status, string text) => status switch
    {
        // The original protocol has no status of its own for it.
        400 when text.StartsWith("Key already exists", StringComparison.Ordinal) => CiaosError.Exists,
        304 => CiaosError.NotModified,
        401 or 403 => CiaosError.Denied,
        404 => CiaosError.NotFound,
        408 => CiaosError.BrokenTransfer,
        409 => CiaosError.Exists,
        410 => CiaosError.Gone,
        412 => CiaosError.PreconditionFailed,
        413 => CiaosError.TooLarge,
        416 => CiaosError.RangeNotSatisfiable,
        422 => CiaosError.IdempotencyKeyReused,
        429 or 503 => CiaosError.Unavailable,
        507 => CiaosError.Full,
        >= 500 => CiaosError.ServerFailed,
        _ => CiaosError.BadRequest,
    };
}
