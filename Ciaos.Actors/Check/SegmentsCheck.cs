using System.Collections.Immutable;
using System.Data.Common;
using System.Runtime.Serialization;
using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Actors.Rebuild;
using Ciaos.Actors.Sql;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;

namespace Ciaos.Actors.Check;

/// <summary>
/// Looks for every needle that an object, an older version of one, or a part of an upload lies in, in the order of
/// their places; and adds up what each volume's bytes are used for.
/// </summary>
internal sealed class SegmentsCheck(
    ScratchCatalog catalog, CheckNotes notes, VolumesCheck volumes, CheckReport report,
    Action<RebuildProgress> progress)
{
    // While an object moves to another shard its old row stays until that shard knows that it has arrived.
    private const string Objects = """
        SELECT bucket, shard, content_sequence, inline_segments, size, moving_sequence IS NULL OR NOT EXISTS (
            SELECT 1 FROM arrival WHERE source_shard = object.shard AND started_sequence = object.moving_sequence)
        FROM object WHERE is_marker = 0
        """;

    private const string OtherInline = """
        SELECT bucket, shard, content_sequence, inline_segments FROM version WHERE inline_segments IS NOT NULL
        UNION ALL SELECT u.bucket, p.shard, p.content_sequence, p.inline_segments FROM part p
        JOIN upload u ON u.shard = p.shard AND u.sequence = p.upload WHERE p.inline_segments IS NOT NULL
        """;

    // Whose a content is: of an object, of an older version of one, or of a part of an upload.
    private const string Holders = """
        CREATE TABLE holder AS
        SELECT shard, content_sequence, bucket, key FROM object
        UNION ALL SELECT shard, content_sequence, bucket, key FROM version
        UNION ALL SELECT p.shard, p.content_sequence, u.bucket, u.key FROM part p
        JOIN upload u ON u.shard = p.shard AND u.sequence = p.upload;
        CREATE INDEX holder_content ON holder (shard, content_sequence, bucket, key)
        """;

    private const string Runs = """
        SELECT h.bucket, s.shard, s.content_sequence, s.run FROM segment s
        JOIN holder h ON h.shard = s.shard AND h.content_sequence = s.content_sequence
        """;

    private const string Places = """
        SELECT l.volume, l.place, l.data_start, l.data_bytes, l.bucket, l.shard, l.content,
            n.data_start, n.data_bytes, n.bucket
        FROM live l INDEXED BY live_place LEFT JOIN needle n ON n.volume = l.volume AND n.place = l.place
        ORDER BY l.volume, l.place
        """;

    private const string Uses = """
        SELECT volume,
            CAST(SUM(CASE WHEN is_live THEN data_bytes ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN is_used AND NOT is_live THEN data_bytes ELSE 0 END) AS BIGINT),
            CAST(SUM(CASE WHEN is_used OR is_live THEN 0 ELSE data_bytes END) AS BIGINT)
        FROM (SELECT volume, data_bytes,
            EXISTS (SELECT 1 FROM live l WHERE l.volume = n.volume AND l.place = n.place) AS is_live,
            EXISTS (SELECT 1 FROM used u WHERE u.volume = n.volume AND u.place = n.place) AS is_used
            FROM needle n)
        GROUP BY volume
        """;

    private long _done;

    /// <summary>Volumes that objects lie in.</summary>
    public SortedSet<long> Needed { get; } = [];

    public void Run()
    {
        catalog.Run(Holders);
        using var connection = catalog.OpenReader();
        foreach (var row in CatalogRows.Read(connection, Objects)) AddObject(row);
        foreach (var row in CatalogRows.Read(connection, OtherInline).Concat(CatalogRows.Read(connection, Runs)))
            notes.AddLive(Decode((byte[])row[3]), (long)row[0], (long)row[1], (long)row[2]);
        notes.Sort();
        foreach (var row in notes.Rows(Places)) Check(row, connection);
    }

    public void AddUp()
    {
        var uses = notes.Rows(Uses).ToDictionary(
            row => row.GetInt64(0), row => (Live: row.GetInt64(1), Dead: row.GetInt64(2), Free: row.GetInt64(3)));
        foreach (var tally in volumes.Tallies.OrderBy(tally => tally.Volume.Value))
        {
            var use = uses.GetValueOrDefault(tally.Volume.Value);
            var overhead = Superblock.Bytes + tally.NeedleBytes - tally.DataBytes - tally.EventBytes;
            report.Add(new VolumeUse(
                tally.Volume.Value, tally.FileBytes, use.Live, use.Dead, use.Free, tally.EventBytes, overhead,
                Math.Max(0, tally.FileBytes - Superblock.Bytes - tally.NeedleBytes)));
        }
    }

    private void AddObject(object[] row)
    {
        if (row[5] is 1L)
        {
            report.Keys++;
            report.KeyBytes += (long)row[4];
        }

        if (row[3] is byte[] inline) notes.AddLive(Decode(inline), (long)row[0], (long)row[1], (long)row[2]);
    }

    // It was decoded before, when its event was.
    private static ImmutableArray<Segment> Decode(byte[] run)
    {
        try
        {
            return SegmentCodec.Decode(run);
        }
        catch (SerializationException wrong)
        {
            throw new InvalidDataException("Segments of the catalog made anew are damaged: " + wrong.Message, wrong);
        }
    }

    private void Check(Rows row, DbConnection connection)
    {
        progress(new RebuildProgress(
            "Looking for objects", ++_done, Math.Max(_done, report.Needles), AreBytes: false, "needles"));
        var needle = new NeedleLocation(
            new VolumeId(row.GetInt64(0)), row.GetInt64(1), (int)row.GetInt64(2), (int)row.GetInt64(3));
        Needed.Add(needle.Volume.Value);
        if (Objection(needle, row) is not var (kind, objection)) return;
        var (bucket, key) = NameOf(connection, row.GetInt64(5), row.GetInt64(6));
        report.Add(new CheckProblem(
            kind, FormattableString.Invariant($"Key \"{key}\" in bucket {bucket}: {objection}"),
            needle.Volume.Value, needle.OffsetBytes, Bucket: bucket, Key: key));
    }

    private (CheckProblemKind Kind, string Text)? Objection(NeedleLocation needle, Rows row)
    {
        var place = FormattableString.Invariant($"byte {needle.OffsetBytes} of volume {needle.Volume.Value}");
        if (!volumes.Volumes.TryGetValue(needle.Volume.Value, out var volume))
            return (CheckProblemKind.SegmentMissing,
                FormattableString.Invariant($"it lies in volume {needle.Volume.Value}, which is missing"));
        if (volume.Unreadable is not null)
            return (CheckProblemKind.SegmentMissing,
                FormattableString.Invariant($"it lies in volume {needle.Volume.Value}, which cannot be read"));
        if (needle.OffsetBytes >= volumes.FileBytes(volume.Id))
            return (CheckProblemKind.SegmentMissing, $"it lies at {place}, whose file ends before");
        if (row.IsNull(7))
            return volumes.IsDamaged(needle)
                ? (CheckProblemKind.SegmentCorrupt, $"its bytes at {place} are damaged")
                : (CheckProblemKind.SegmentDangling, $"there is no data needle at {place}");
        if (row.GetInt64(7) != needle.DataStartBytes || row.GetInt64(8) != needle.DataBytes)
            return (CheckProblemKind.SegmentDangling, $"the needle at {place} has other lengths");
        return row.GetInt64(9) != row.GetInt64(4)
            ? (CheckProblemKind.SegmentMisplaced,
                FormattableString.Invariant($"the needle at {place} is of bucket {row.GetInt64(9)}"))
            : null;
    }

    private static (long Bucket, string Key) NameOf(DbConnection connection, long shard, long content)
    {
        var found = CatalogRows.Read(connection, FormattableString.Invariant(
            $"SELECT bucket, key FROM holder WHERE shard = {shard} AND content_sequence = {content}")).First();
        return ((long)found[0], Encoding.UTF8.GetString((byte[])found[1]));
    }
}
