using System.Collections.Immutable;
using System.Data.Common;
using System.Text;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>How rows of objects and of their older versions are read.</summary>
internal static class ObjectRows
{
    /// <summary>Of table object, as <see cref="Read"/> wants them.</summary>
    public const string OfObject = """
        bucket, key, object_id, version, created, modified, size, files, segments, content_sequence,
        metadata, inline_segments, moving_sequence, moving_to, version_sequence, version_object, is_marker,
        content_version, noncurrent, null_sequence, NULL
        """;

    /// <summary>Of table version, likewise.</summary>
    public const string OfVersion = """
        bucket, key, object_id, version, created, modified, size, files, segments, content_sequence,
        metadata, inline_segments, NULL, NULL, version_sequence, version_object, is_marker,
        content_version, CAST(0 AS BIGINT), CAST(0 AS BIGINT), since
        """;

    /// <summary>Of table object, what <see cref="ReadListed"/> wants. Listings read many rows: each column
    /// counts.</summary>
    public const string OfListed = """
        key, object_id, version, created, modified, size, files, segments, metadata, version_sequence, version_object,
        content_version
        """;

    // While an object moves to another shard its old row stays until that shard knows that it has arrived: it counts
    // only as long as it has not.
    public const string IsListed = """
        (moving_sequence IS NULL OR NOT EXISTS (
            SELECT 1 FROM arrival WHERE source_shard = object.shard AND started_sequence = object.moving_sequence))
        """;

    public static ObjectState Read(Rows row) =>
        Read(row, new KeyName(new BucketId(row.GetInt64(0)), Key(row.GetSpan(1))));

    /// <param name="name">Of the row, as it was asked for.</param>
    public static ObjectState Read(Rows row, KeyName name)
    {
        var record = new ObjectRecord(
            name.Bucket, name.Key, new ObjectId(row.GetInt64(2)),
            row.GetInt64(3), row.GetInt64(6), row.GetInt64(7), row.GetInt64(8),
            Time(row.GetInt64(4)), Time(row.GetInt64(5)), Metadata(row, 10))
        {
            VersionId = new VersionId(row.GetInt64(14), new ObjectId(row.GetInt64(15))),
            IsDeleteMarker = row.GetInt64(16) != 0,
            ContentVersion = Number(row, 17),
            IsCurrent = row.IsNull(20),
            NoncurrentSince = Number(row, 20) is { } since ? Time(since) : null,
        };
        var move = row.IsNull(12) ? null : new PendingMove(row.GetInt64(12), Key(row.GetSpan(13)));
        return new ObjectState(record, row.GetInt64(9), Bytes(row, 11), move)
        {
            Noncurrent = row.GetInt64(18),
            NullSequence = row.GetInt64(19),
        };
    }

    /// <summary>A current object that is no delete marker, without what only its shard needs of it.</summary>
    public static ObjectRecord ReadListed(BucketId bucket, Rows row) => new(
        bucket, Key(row.GetSpan(0)), new ObjectId(row.GetInt64(1)), row.GetInt64(2), row.GetInt64(5), row.GetInt64(6),
        row.GetInt64(7), Time(row.GetInt64(3)), Time(row.GetInt64(4)), Metadata(row, 8))
    {
        VersionId = new VersionId(row.GetInt64(9), new ObjectId(row.GetInt64(10))),
        ContentVersion = Number(row, 11),
    };

    public static ObjectKey Key(ReadOnlySpan<byte> utf8) => ObjectKey.Create(Encoding.UTF8.GetString(utf8));

    public static byte[]? Bytes(Rows row, int column) =>
        row.IsNull(column) ? null : row.GetBytes(column);

    public static ImmutableSortedDictionary<string, string> Metadata(Rows row, int column) =>
        row.IsNull(column) ? ObjectMetadata.None : new PackedReader(row.GetSpan(column)).Metadata();

    /// <summary>Null where there is none.</summary>
    public static byte[]? Pack(ImmutableSortedDictionary<string, string> metadata)
    {
        if (metadata.IsEmpty) return null;
        var writer = new PackedWriter();
        writer.Metadata(metadata);
        return writer.Finish();
    }

    public static DateTimeOffset Time(long micros) => Micros.TryTime(micros, out var time)
        ? time
        : throw new InvalidDataException($"The catalog holds {micros}, which is no time");

    private static long? Number(Rows row, int column) => row.IsNull(column) ? null : row.GetInt64(column);
}
