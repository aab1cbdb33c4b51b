using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>
/// What two shards say to each other when an object moves from one to the other. The source asks until it is answered;
/// the target does the same rename once, however often it is asked. The source gives up only when its latest question
/// was refused: since messages keep their order, every earlier one has been dealt with then.
/// </summary>
internal static class RenameProtocol
{
    /// <summary>Take this object. Answered by <see cref="Accepted"/>, <see cref="Refused"/> or <see cref="Busy"/>, or
    /// not at all.</summary>
    /// <param name="Key">The new key.</param>
    /// <param name="Attempt">Counted from 1 since the source started.</param>
    public sealed record Accept(
        BucketId Bucket, ObjectKey Key, RenameId Rename, int Attempt, MovedObject Object) : IKeyCommand;

    /// <summary>The object is there, durably.</summary>
    public sealed record Accepted(RenameId Rename, ObjectRecord Object);

    /// <summary>The new key is taken.</summary>
    public sealed record Refused(RenameId Rename, int Attempt, ObjectRecord Existing);

    /// <summary>The new key is itself being renamed: ask again.</summary>
    public sealed record Busy(RenameId Rename, int Attempt);

    /// <summary>The source has finished and will not ask again. Not answered.</summary>
    public sealed record Forget(BucketId Bucket, ObjectKey Key, RenameId Rename) : IKeyCommand;
}
