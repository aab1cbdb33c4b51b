namespace Ciaos.Client;

/// <summary>What went wrong, as far as a program can act on it.</summary>
public enum CiaosError
{
    /// <summary>400 and other refusals: the request makes no sense to the node; the text says why.</summary>
    BadRequest = 1,

    /// <summary>401, 403: not who it says, or not allowed.</summary>
    Denied = 2,

    /// <summary>404: no such key.</summary>
    NotFound = 3,

    /// <summary>400 or 409 <c>Key already exists</c>.</summary>
    Exists = 4,

    /// <summary>412: the object is not as <c>IfMatch</c> or <c>IfNoneMatch</c> wants it: nothing has happened.
    /// </summary>
    PreconditionFailed = 5,

    /// <summary>304: a read's <c>IfNoneMatch</c> names what is there.</summary>
    NotModified = 6,

    /// <summary>416: the object ends before the range begins.</summary>
    RangeNotSatisfiable = 7,

    /// <summary>413, or more than fits into one FlatBuffers body: send or read it in another way.</summary>
    TooLarge = 8,

    /// <summary>410: the journal no longer has the events asked for.</summary>
    Gone = 9,

    /// <summary>422: the idempotency key was used for something else.</summary>
    IdempotencyKeyReused = 10,

    /// <summary>507: the disk is full. Nothing was written.</summary>
    Full = 11,

    /// <summary>500 and its like: the node's log tells more under the request id.</summary>
    ServerFailed = 12,

    /// <summary>No connection, no answer in time, 429 or 503, after all retries. A write may have happened.</summary>
    Unavailable = 13,

    /// <summary>The connection broke, or what came is not what was announced. A write may have happened.</summary>
    BrokenTransfer = 14,
}

/// <summary>An operation failed. Programming errors are <see cref="ArgumentException"/>s instead; failures of the
/// caller's own streams come as they are.</summary>
public sealed class CiaosException : Exception
{
    internal CiaosException(
        CiaosError error, string text, string? key = null, int status = 0, string? requestId = null,
        Exception? cause = null)
        : base(Describe(text, key, status, requestId), cause)
    {
        (Error, Text, Key, Status, RequestId) = (error, text, key, status, requestId);
    }

    public CiaosError Error { get; }

    /// <summary>HTTP status; 0 where there was no answer.</summary>
    public int Status { get; }

    /// <summary>What the node said, or why there is no answer.</summary>
    public string Text { get; }

    /// <summary>The key that was asked for; null where the request has none.</summary>
    public string? Key { get; }

    /// <summary>By it the node's log tells more; null where there was no answer.</summary>
    public string? RequestId { get; }

    private static string Describe(string text, string? key, int status, string? requestId)
    {
        var message = key is null ? text : $"{key}: {text}";
        if (status != 0) message += $" (status {status}";
        else return message;
        return message + (requestId is null ? ")" : $", request {requestId})");
    }
}
