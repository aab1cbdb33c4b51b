using System.Data.Common;
using System.Globalization;
using System.Text;
using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using Ciaos.Actors.Rebuild;
using Ciaos.Storage;

namespace Ciaos.Actors.Check;

/// <summary>
/// Compares the catalog, row by row, with the one that was made anew from the journal and has applied the same events.
/// </summary>
/// <param name="isSound">Whether what was made of a shard's events can be believed.</param>
internal sealed class CatalogCheck(
    CatalogInspection real, ScratchCatalog made, CheckNotes notes, int shards, Func<int, bool> isSound,
    CheckReport report, Action<RebuildProgress> progress)
{
    private const string ObjectColumns =
        "bucket, is_marker, key, shard, object_id, version, created, modified, size, files, segments, "
        + "content_sequence, metadata, inline_segments, moving_sequence, moving_to, version_sequence, version_object, "
        + "content_version, noncurrent, null_sequence";

    private const string VersionColumns =
        "bucket, key, place, shard, object_id, version, created, modified, size, files, segments, content_sequence, "
        + "metadata, inline_segments, version_sequence, version_object, is_marker, content_version, since";

    private const string UploadColumns = "bucket, key, sequence, shard, object_id, begun, initiator, metadata";

    private const string PartColumns =
        "shard, upload, number, content_sequence, object_id, modified, size, segments, metadata, inline_segments";

    private const string BucketColumns = "id, name, owner, created, config, version";

    // Rows of an ended content go one after the other, when nobody reads them any more.
    private const string Segments = """
        SELECT shard, content_sequence, first_ordinal, first_offset, run FROM segment WHERE NOT EXISTS (
            SELECT 1 FROM ended_content WHERE ended_content.shard = segment.shard
            AND ended_content.content_sequence = segment.content_sequence)
        ORDER BY shard, content_sequence, first_ordinal
        """;

    // Whether an empty bucket has a row depends on which of its events were applied together.
    private const string Usage =
        "SELECT bucket, objects, bytes FROM usage WHERE objects <> 0 OR bytes <> 0 ORDER BY bucket";

    private const string Tokens = """
        SELECT bucket, key, token, shard, at, operation, body_bytes, body_crc, object_id, version, size, files, created,
            was_created, etag FROM token ORDER BY bucket, key, token
        """;

    private readonly ShardLayout _layout = new(shards);
    private long _rows;

    /// <exception cref="DbException">It cannot be read.</exception>
    public void Run()
    {
        using var theirs = real.Open();
        using var ours = made.OpenReader();
        CompareLayout(theirs);
        CompareAll("object", ObjectColumns, "bucket, is_marker, key");
        CompareAll("version", VersionColumns, "bucket, key, place");
        CompareAll("upload", UploadColumns, "bucket, key, sequence");
        CompareAll("part", PartColumns, "shard, upload, number");
        Compare("segment", Segments, 3, ["shard", "content", "ordinal", "offset", "run"]);
        CompareAll("bucket", BucketColumns, "id");
        if (Enumerable.Range(0, shards).All(isSound)) Compare("usage", Usage, 1, ["bucket", "objects", "bytes"]);
        CompareEnded(theirs, ours);
        CompareArrivals(theirs, ours);
        CompareTokens(theirs, ours);
        for (var shard = 0; shard < shards; shard++)
            if (!isSound(shard))
                report.Note(FormattableString.Invariant(
                    $"Rows of shard {shard} are not compared with the catalog, since its journal is damaged"));

        void CompareAll(string table, string columns, string keys) => Compare(
            table, $"SELECT {columns} FROM {table} ORDER BY {keys}", keys.Split(", ").Length, columns.Split(", "));

        void Compare(string table, string sql, int keys, string[] names)
        {
            foreach (var (mine, found) in Merged(ours, theirs, sql, keys)) this.Compare(table, mine, found, names);
        }
    }

    private IEnumerable<(object[]? Made, object[]? Real)> Merged(
        DbConnection ours, DbConnection theirs, string sql, int keys)
    {
        foreach (var pair in CatalogRows.Merge(CatalogRows.Read(ours, sql), CatalogRows.Read(theirs, sql), keys))
        {
            progress(new RebuildProgress(
                "Comparing", ++_rows, Math.Max(_rows, report.Events), AreBytes: false, "rows of the catalog"));
            yield return pair;
        }
    }

    private void CompareLayout(DbConnection theirs)
    {
        var rows = CatalogRows.Read(theirs, "SELECT format, shards FROM index_layout").ToList();
        var isRight = rows is [[long format, long found]]
            && format == CatalogSchema.Format && (found == shards || found == CatalogSchema.UnknownShards);
        if (!isRight)
            report.Add(new CheckProblem(
                CheckProblemKind.CatalogRowDiffers,
                FormattableString.Invariant(
                    $"The catalog's index_layout is not format {CatalogSchema.Format} with {shards} shards")));
    }

    private void Compare(string table, object[]? mine, object[]? found, string[] names)
    {
        var row = (mine ?? found)!;
        var shard = Array.IndexOf(names, "shard") is >= 0 and var place ? row[place] : null;
        if (shard is long number && number >= 0 && number < shards && !isSound((int)number)) return;
        if (mine is null)
            Problem(CheckProblemKind.CatalogRowExtra, table, row, "is not what the journal makes");
        else if (found is null)
            Problem(CheckProblemKind.CatalogRowMissing, table, row, "is missing");
        else if (names.Where((_, i) => !CatalogRows.AreEqual(mine[i], found[i])).ToList() is { Count: > 0 } different)
            Problem(
                CheckProblemKind.CatalogRowDiffers, table, row,
                "has another " + string.Join(", ", different.Select(name =>
                    Difference(name, mine[Array.IndexOf(names, name)], found[Array.IndexOf(names, name)]))));
    }

    private static string Difference(string name, object due, object found) =>
        due is byte[] || (found is byte[]) ? name : string.Create(
            CultureInfo.InvariantCulture, $"{name} ({found} in place of {due})");

    private void CompareEnded(DbConnection theirs, DbConnection ours)
    {
        const string sql = "SELECT shard, content_sequence FROM ended_content ORDER BY shard, content_sequence";
        foreach (var (mine, found) in Merged(ours, theirs, sql, 2))
            if (mine is null && !(found![0] is long shard && shard >= 0 && shard < shards && !isSound((int)shard)))
                Problem(CheckProblemKind.CatalogRowExtra, "ended_content", found, "is not what the journal makes");
    }

    // A mark may be forgotten as soon as the rename's source has finished, and need not be.
    private void CompareArrivals(DbConnection theirs, DbConnection ours)
    {
        const string sql = "SELECT source_shard, started_sequence FROM arrival ORDER BY source_shard, started_sequence";
        var areAllSound = Enumerable.Range(0, shards).All(isSound);
        foreach (var (mine, found) in Merged(ours, theirs, sql, 2))
        {
            if (!areAllSound) continue;
            if (mine is null)
                Problem(CheckProblemKind.CatalogRowExtra, "arrival", found!, "is not what the journal makes");
            else if (found is null && !notes.IsFinished((long)mine[0], (long)mine[1]))
                Problem(CheckProblemKind.CatalogRowMissing, "arrival", mine, "is missing");
        }
    }

    // When one is forgotten depends on settings, and on what came after it: so only those that both have can differ.
    private void CompareTokens(DbConnection theirs, DbConnection ours)
    {
        if (!CatalogRows.Has(theirs, "token"))
        {
            report.Note("The catalog was last used by a version that knew no idempotency keys");
            return;
        }

        string[] names = [.. Tokens["SELECT ".Length..Tokens.IndexOf(" FROM", StringComparison.Ordinal)]
            .Split(',', StringSplitOptions.TrimEntries)];
        foreach (var (mine, found) in Merged(ours, theirs, Tokens, 3))
            if (mine is not null && found is not null) Compare("token", mine, found, names);
    }

    private void Problem(CheckProblemKind kind, string table, object[] row, string what)
    {
        if (table is "object" && row is [long, long, byte[], ..]) row = [row[0], row[2]];
        if (table is "object" or "version" or "upload" && row is [long bucket, byte[] utf8, ..])
        {
            var key = Encoding.UTF8.GetString(utf8);
            var shard = ObjectKey.TryCreate(key, out var name, out _)
                ? ShardContext.PersistenceIdOf(_layout.ShardOf(new BucketId(bucket), name) + 1)
                : null;
            report.Add(new CheckProblem(
                kind, FormattableString.Invariant(
                    $"The catalog's {(table == "object" ? "row" : table)} of key \"{key}\" in bucket {bucket} {what}"),
                Stream: shard, Bucket: bucket, Key: key));
            return;
        }

        var place = string.Join(", ", row.Where(value => value is not byte[]).Select(value =>
            string.Create(CultureInfo.InvariantCulture, $"{value}")));
        report.Add(new CheckProblem(kind, $"The catalog's row ({place}) of table {table} {what}"));
    }
}
