using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Raw;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Http.S3.Objects;

/// <summary>What the index answers to a write, in words of S3.</summary>
internal static class ObjectReplies
{
    /// <param name="conditions">They held when the request came.</param>
    /// <exception cref="S3Exception">The object was not stored.</exception>
    public static ObjectRecord Stored(IReply reply, Conditions conditions) => reply switch
    {
        Stored stored => stored.Object,
        // What If-Match named was there before the body came, and is gone.
        PreconditionFailed { Object: null or { IsDeleteMarker: true } } when conditions.Match is not null =>
            throw new S3Exception(S3Error.ConditionalRequestConflict),
        PreconditionFailed => throw new S3Exception(S3Error.PreconditionFailed),
        KeyNotFound => throw new S3Exception(S3Error.NoSuchKey),
        _ => throw Refusal(reply),
    };

    /// <summary>Of what any write may be answered with.</summary>
    public static Exception Refusal(IReply reply) => reply switch
    {
        ObjectLocked => new S3Exception(
            S3Error.AccessDenied, "Access Denied because object protected by object lock."),
        Failed failed => new IndexFailedException(failed),
        _ => new InvalidOperationException($"A write was answered with {reply.GetType()}"),
    };
}
