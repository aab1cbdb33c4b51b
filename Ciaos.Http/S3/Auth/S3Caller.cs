namespace Ciaos.Http.S3.Auth;

/// <summary>Who sent a request, and what is known of its body.</summary>
/// <param name="Credential">Null: anonymous.</param>
/// <param name="Chunks">Where the chunks of the body are signed, otherwise null. Used up by reading the body.</param>
internal sealed record S3Caller(Credential? Credential, S3Payload Payload, ChunkSignatures? Chunks)
{
    public bool IsAnonymous => Credential is null;

    /// <summary>The request is signed for STS, and its body verified.</summary>
    public bool IsForSts { get; init; }
}
