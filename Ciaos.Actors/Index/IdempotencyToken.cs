using System.Diagnostics.CodeAnalysis;

namespace Ciaos.Actors.Index;

/// <summary>
/// What a client calls a write by, so that the write happens once however often it is sent. A shard that has carried
/// out a write of the same bucket, key and text within <c>ciaos.index.idempotency-retention</c> stores nothing and
/// answers what it answered then; if that one was another operation, or had another body, it refuses.
/// </summary>
/// <param name="Text">1 to <see cref="MaxLength"/> printable ASCII characters.</param>
/// <param name="BodyBytes">Length of the body as the client sent it.</param>
/// <param name="BodyCrc">CRC-32C of that body.</param>
public readonly record struct IdempotencyToken(string Text, long BodyBytes, uint BodyCrc)
{
    /// <summary>Room for what a batch adds to the text of its request (<c>/</c> and a number).</summary>
    public const int MaxLength = 160;

    public static bool IsAllowed([NotNullWhen(true)] string? text) =>
        text is { Length: >= 1 and <= MaxLength } && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
}

/// <summary>What a write with a token does. Stored on disk: never renumber.</summary>
public enum WriteOperation
{
    Create = 1,
    Replace = 2,
    Upsert = 3,
    Append = 4,
}
