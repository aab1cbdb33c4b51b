using System.Collections.Immutable;
using Ciaos.Storage;
using static Ciaos.Actors.Identity.IdentityProtocol;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Actors.Index;

/// <summary>The bytes of the events of the keeper of buckets, behind the version of the layout.</summary>
internal static class BucketEventCodec
{
    private const byte Removed = 0;
    private const byte Set = 1;

    public static void Write(PackedWriter writer, IIndexEvent message)
    {
        switch (message)
        {
            case IndexCreated created:
                writer.Unsigned(created.Shards);
                writer.Time(created.At);
                break;
            case BucketCreated created:
                writer.Unsigned(created.Bucket.Value);
                writer.Text(created.Owner);
                writer.Time(created.At);
                break;
            case BucketMade made:
                writer.Unsigned(made.Bucket.Value);
                writer.Time(made.At);
                writer.Text(made.Name);
                writer.Text(made.Owner);
                writer.Metadata(made.Config);
                break;
            case BucketConfigured configured:
                writer.Unsigned(configured.Bucket.Value);
                writer.Time(configured.At);
                WriteChanges(writer, configured.Changes);
                break;
            case BucketDeleted deleted:
                writer.Unsigned(deleted.Bucket.Value);
                writer.Time(deleted.At);
                break;
            case BucketEventLost lost:
                writer.Time(lost.At);
                break;
        }
    }

    /// <summary>Null: the manifest is not one of these.</summary>
    public static IIndexEvent? Read(string manifest, ref PackedReader reader)
    {
        switch (manifest)
        {
            case IndexEventCodec.IndexCreatedManifest:
                return ReadIndex(ref reader);
            case IndexEventCodec.BucketCreatedManifest:
                var bucket = new BucketId(reader.Unsigned());
                var owner = reader.Text();
                return new BucketCreated(bucket, reader.Time(), owner);
            case IndexEventCodec.BucketMadeManifest:
                return new BucketMade(
                    new BucketId(reader.Unsigned()), reader.Time(), reader.Text(), reader.Text(), reader.Metadata());
            case IndexEventCodec.BucketConfiguredManifest:
                return new BucketConfigured(
                    new BucketId(reader.Unsigned()), reader.Time(), ReadChanges(ref reader));
            case IndexEventCodec.BucketDeletedManifest:
                return new BucketDeleted(new BucketId(reader.Unsigned()), reader.Time());
            case IndexEventCodec.BucketEventLostManifest:
                return new BucketEventLost(reader.Time());
            default:
                return null;
        }
    }

    /// <summary>Behind the event itself.</summary>
    public static void Write(PackedWriter writer, BucketAudit audit)
    {
        writer.Text(audit.By.User);
        writer.Text(audit.By.KeyId ?? "");
        writer.Text(audit.By.Address ?? "");
        writer.Text(audit.Name);
    }

    /// <exception cref="System.Runtime.Serialization.SerializationException">It is no event that can tell who had it
    /// done.</exception>
    public static IIndexEvent ReadAudited(string manifest, ref PackedReader reader) => Read(manifest, ref reader) switch
    {
        BucketMade made => made with { Audit = ReadAudit(ref reader) },
        BucketConfigured configured => configured with { Audit = ReadAudit(ref reader) },
        BucketDeleted deleted => deleted with { Audit = ReadAudit(ref reader) },
        _ => throw reader.Wrong("such an event does not tell who had it done"),
    };

    private static BucketAudit ReadAudit(ref PackedReader reader)
    {
        var by = new Origin(reader.Text(), TextOrNull(reader.Text()), TextOrNull(reader.Text()));
        return new BucketAudit(by, reader.Text());
    }

    private static string? TextOrNull(string text) => text.Length == 0 ? null : text;

    private static IndexCreated ReadIndex(ref PackedReader reader)
    {
        var shards = reader.Unsigned();
        if (shards > KeySlot.Count || !ShardLayout.IsAllowed((int)shards)) throw reader.Wrong($"{shards} shards");
        return new IndexCreated((int)shards, reader.Time());
    }

    private static void WriteChanges(PackedWriter writer, ImmutableSortedDictionary<string, string?> changes)
    {
        writer.Unsigned(changes.Count);
        foreach (var (name, value) in changes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(name);
            writer.Byte(value is null ? Removed : Set);
            if (value is not null) writer.Text(value);
        }
    }

    private static ImmutableSortedDictionary<string, string?> ReadChanges(ref PackedReader reader)
    {
        var changes = ImmutableSortedDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        var count = reader.Count();
        for (var i = 0; i < count; i++)
        {
            var name = reader.Text();
            var kind = reader.Byte();
            if (kind > Set) throw reader.Wrong($"a change of kind {kind}");
            if (!changes.TryAdd(name, kind == Set ? reader.Text() : null)) throw reader.Wrong($"{name} comes twice");
        }

        return changes.ToImmutable();
    }
}
