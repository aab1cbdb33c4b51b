using System.Collections.Immutable;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index;

/// <summary>What an event says of the token that its write came with.</summary>
public readonly record struct IdempotencyStamp(IdempotencyToken Token, WriteOperation Operation);

/// <summary>A write with a token, and how it was answered.</summary>
/// <param name="At">When its event happened: it is forgotten so much later.</param>
/// <param name="Version">The event.</param>
/// <param name="ETag">Of the object then.</param>
internal sealed record RememberedWrite(
    KeyName Name, IdempotencyStamp Stamp, DateTimeOffset At, ObjectId Id, long Version, long SizeBytes, long FileCount,
    DateTimeOffset Created, bool WasCreated, string ETag)
{
    public static RememberedWrite Of(IdempotencyStamp stamp, ObjectState made, bool wasCreated)
    {
        var record = made.Record;
        return new RememberedWrite(
            made.Name, stamp, record.Modified, record.Id, record.Version, record.SizeBytes, record.FileCount,
            record.Created, wasCreated, record.ETag);
    }

    /// <summary>The answer to a repeat.</summary>
    public Stored Outcome() => new(
        new ObjectRecord(
            Name.Bucket, Name.Key, Id, Version, SizeBytes, FileCount, 0, Created, At,
            ImmutableSortedDictionary<string, string>.Empty.Add(ObjectMetadata.ETag, ETag)),
        WasCreated, WasReplayed: true);
}
