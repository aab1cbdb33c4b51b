using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Storage;

namespace Ciaos.Specs.Http.S3.Objects;

/// <summary>Objects as the index would tell of them.</summary>
internal static class Records
{
    public static readonly DateTimeOffset Modified = new(2026, 11, 22, 12, 0, 0, 250, TimeSpan.Zero);

    public static IndexProtocol.ObjectRecord Of(long sizeBytes, params (string Name, string Value)[] metadata) => new(
        new BucketId(1), ObjectKey.Create("key"), new ObjectId(7), 3, sizeBytes, 1, 1, Modified, Modified,
        ObjectMetadata.None.AddRange(
            metadata.Select(entry => new KeyValuePair<string, string>(entry.Name, entry.Value))));
}
